// Package message holds HTTP requests and responses as values.
//
// It stands where net/http would: that package links TLS with all of its algorithms, and prepares them at every start of
// an instance, for a module whose connections are the platform's. Package overhttp carries these values over net/http.
package message

// The methods.
const (
	GET     = "GET"
	HEAD    = "HEAD"
	POST    = "POST"
	DELETE  = "DELETE"
	OPTIONS = "OPTIONS"
)

// Request is a request as it was received.
type Request struct {
	Method string
	Path   string // as in the request line: still encoded, never cleaned; begins with a slash
	Query  string // what follows the first question mark, "" when there is none
	Header Header
	Body   []byte // whole, or cut a little beyond the limit
}

// Response is a finished response.
type Response struct {
	Status int
	Header Header
	Body   []byte // nil is none
}
