// Package responses answers past package web.
package responses

import (
	"fmt"
	"net/http"

	"tracedge/core/fault"
	"tracedge/core/message"
	"tracedge/core/web"
)

func write(w http.ResponseWriter, r *http.Request, h http.Handler) {
	fmt.Fprint(w, "x")                     // want `response: writes a response, in responses.write`
	http.Error(w, "x", 500)                // want `response: writes a response`
	w.WriteHeader(500)                     // want `response: writes a response`
	w.Header().Set("X", "1")               // want `response: writes a response`
	http.NotFoundHandler().ServeHTTP(w, r) // want `response: writes a response`
	pass(w)
}

func assemble() message.Response {
	r := message.Response{Status: 200} // want `response: writes a response, in responses.assemble`
	r.Body = []byte("x")               // want `response: writes a response`
	return r
}

func pass(w http.ResponseWriter) { _ = w }

func byHand(c *web.Call) (any, error) {
	if c.Address() == "" {
		return web.Reply{Status: http.StatusTeapot}, nil // want `response: makes a response with status 418`
	}
	reply := web.Reply{Body: map[string]any{"error": "no"}}
	reply.Status = 500 // want `response: makes a response with status 500`
	return reply, nil
}

func right(c *web.Call) (any, error) {
	if c.Address() == "" {
		return nil, fault.NotFound("No such thing")
	}
	return web.Reply{Status: http.StatusNoContent}, nil
}
