package web

import (
	"tracedge/core/fault"
)

// Class says who may call a route (conventions, section 3). The zero value is no class: a table refuses it, so nothing
// is open by omission.
type Class int

// The classes.
const (
	Public   Class = iota + 1 // no credential is read
	Optional                  // a valid credential is used, none is accepted, a bad one is refused
	User                      // JWT or API key
	JWT                       // JWT only
	Admin                     // account with the admin flag; a key also needs its admin permission
)

// String is the word of the contract.
func (c Class) String() string {
	switch c {
	case Public:
		return "public"
	case Optional:
		return "optional"
	case User:
		return "user"
	case JWT:
		return "jwt"
	case Admin:
		return "admin"
	default:
		return "none"
	}
}

// Handler serves one call. The value is the JSON body of a 200; a Reply gives another status or headers. An error
// becomes a response through fault.From; the value is then ignored.
type Handler func(c *Call) (any, error)

// Route is one endpoint as data.
type Route struct {
	// Method is GET, POST, PUT, PATCH or DELETE. GET also serves HEAD; OPTIONS is answered by the server.
	Method string

	// Pattern is a path whose segments are literals or :parameters, like /api/items/:dfid. It is the name of the
	// endpoint in records. A segment that is a literal of some route is never read as the parameter of another.
	Pattern string

	// Aliases are further paths of the same endpoint, with the same parameters.
	Aliases []string

	Class Class

	// Doc is one line for documents.
	Doc string

	// UUIDs names the parameters that are UUIDs. Others are opaque text.
	UUIDs []string

	// Query is a struct value whose type declares the query keys, see Query; nil when there are none.
	Query any

	// Request and Response are zero values of the body types, for documents; nil is none.
	Request, Response any

	// Envelope says that the success body has "success": errors then carry "success": false.
	Envelope bool

	// Concurrent bounds the calls served at once in this process; more are 503 overloaded. 0 is no bound.
	Concurrent int

	// Always says that the route answers even while a required setting is missing.
	Always bool

	// Fault, when set, rewrites every failure of the route, those before the handler included, into the route's form.
	Fault func(c *Call, f *fault.Error) *fault.Error

	Handler Handler
}
