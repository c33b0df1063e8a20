package activity

import (
	"tracedge/core/fault"
	"tracedge/core/web"
)

// Routes are the routes of activities, of circuits and of users. This build keeps user activities and does not offer
// them yet.
func Routes() []web.Route {
	route := func(method, path string, class web.Class, envelope bool) web.Route {
		return web.Route{
			Method: method, Pattern: path, Class: class, Envelope: envelope, Doc: "Not offered by this build (501).",
			Handler: notOffered, Failures: []web.Failure{{Status: 501, Doc: "Always"}},
		}
	}
	const users = "/api/user-activity"
	return []web.Route{
		route("GET", "/api/activities", web.User, false),
		route("GET", "/api/activities/user/:user_id", web.User, false),
		route("GET", users, web.User, true),
		route("POST", users, web.User, true),
		route("GET", users+"/stats", web.User, true),
		route("DELETE", users+"/cleanup", web.Admin, true),
		route("GET", users+"/:activity_id", web.User, true),
	}
}

func notOffered(*web.Call) (any, error) { return nil, fault.NotOffered() }
