package web

import (
	"context"
	"time"

	"tracedge/core/fault"
	"tracedge/core/message"
	"tracedge/core/trace"
)

// Call is one request on its way through the order of checks. It belongs to one goroutine.
type Call struct {
	server  *Server
	ctx     context.Context
	request *message.Request
	header  message.Header // of the response, whatever it will be
	success message.Header // of the response if it is a success
	span    *trace.Span

	entry  *entry
	params []param
	caller *Caller
	known  []pair // query keys that the route declares, as sent
	query  any    // *T of Route.Query
	body   []byte

	reservation *Reservation
	operation   string
	finish      []func(status int)
}

// Context carries the span. It ends when the client goes away.
func (c *Call) Context() context.Context { return c.ctx }

// Request is the request as received, for headers. For its body use Body.
func (c *Call) Request() *message.Request { return c.request }

// Route is the route that matched.
func (c *Call) Route() Route { return c.entry.route }

// Caller is the account that calls, nil on public routes and on optional ones without a credential.
func (c *Call) Caller() *Caller { return c.caller }

// Path is the decoded text of a path parameter, "" for one that the route does not have.
func (c *Call) Path(name string) string {
	for _, p := range c.params {
		if p.name == name {
			return p.text
		}
	}
	return ""
}

// PathUUID is a path parameter as a hyphenated lower-case UUID, or a 400 naming it. For one that the route lists in
// UUIDs it cannot fail.
func (c *Call) PathUUID(name string) (string, error) {
	id, ok := ParseUUID(c.Path(name))
	if !ok {
		return "", fault.BadRequest(name, "Not a UUID")
	}
	return id, nil
}

// Segments are the decoded segments of the path, for matching it against the endpoints of an API key.
func (c *Call) Segments() []string {
	raw := split(c.request.Path)
	out := make([]string, len(raw))
	for i, s := range raw {
		out[i], _ = unescape(s)
	}
	return out
}

// Now is the time in UTC and whole milliseconds, the resolution in which times are kept.
func (c *Call) Now() time.Time { return c.server.Clock().UTC().Truncate(time.Millisecond) }

// Header sets a header of the response. It is dropped when the call fails; a fault brings its own.
func (c *Call) Header(key, value string) {
	c.success.Set(key, value)
}

// OnResponse runs f when the status of the response is known, before it is written. For counting: f must not block and
// cannot change the response.
func (c *Call) OnResponse(f func(status int)) { c.finish = append(c.finish, f) }
