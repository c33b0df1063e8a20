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

// Failure is an error that a route answers.
type Failure struct {
	Status int
	Doc    string       // when, in a few words
	Kinds  []fault.Kind // of error_kind; nil for those that the status has
	Extra  any          // zero value of a struct whose members stand beside those of every error; nil is none
}

// OneOf is a Response of one of several types.
type OneOf []any

// Formed is a type whose JSON does not follow from its fields. Form is a value whose type has the same JSON, which may be a
// OneOf, or nil for JSON of any form.
type Formed interface{ Form() any }

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

	// Request and Response are values of the body types, for documents: a zero value for the type alone, any other is
	// an example too. nil is none: no body is read, and the success is a 204. A Response of type OneOf is one of several,
	// and a Content is a body that is not JSON.
	//
	// Fields may carry the tags doc:"what it is", min:"1" and max:"255" (of a number, or of the length of a text or list)
	// and format:"uuid" (of a text), as far as these are documents; they check nothing.
	Request, Response any

	// OptionalBody says that the body of Request may be left out.
	OptionalBody bool

	// Failures are the errors that do not follow from the rest, for documents. What follows: 400, 401, 402, 403 and 429 from
	// a class that reads credentials, and 409 if the method is not GET; 400 from a query or parameter; 404 from a parameter;
	// 400, 415 and 422 from a Request; 422 from the idempotency key of a POST with a caller; 413, 500 and 503 everywhere.
	Failures []Failure

	// Envelope says that the success body has "success": errors then carry "success": false.
	Envelope bool

	// Concurrent bounds the calls served at once in this process; more are 503 overloaded. 0 is no bound.
	Concurrent int

	// Gate is a bound that the calls share with others, in place of Concurrent; nil is none.
	Gate *Gate

	// Always says that the route answers even while a required setting is missing.
	Always bool

	// Fault, when set, rewrites every failure of the route, those before the handler included, into the route's form.
	Fault func(c *Call, f *fault.Error) *fault.Error

	Handler Handler
}
