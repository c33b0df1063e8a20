package web

import (
	"maps"

	"tracedge/core/fault"
	"tracedge/core/message"
	"tracedge/core/plainjson"
	"tracedge/core/status"
)

// problem is the response to an error, in the form that the route gives it.
func (c *Call) problem(err error) response {
	f := fault.From(err)
	if c.entry != nil && c.entry.route.Fault != nil {
		if g := c.entry.route.Fault(c, f); g != nil {
			f = g
		}
	}
	return c.failure(f)
}

// failure is the only place where an error becomes a response (conventions, section 4). Nothing of the error's cause is
// in it.
func (c *Call) failure(f *fault.Error) response {
	if f.Status < 400 || f.Status > 599 {
		f = fault.New(fault.Internal, status.InternalServerError, "Internal error").Because(f)
	}
	body, err := plainjson.Marshal(c.problemBody(f, f.Extra))
	if err != nil { // a member that JSON cannot hold
		body, _ = plainjson.Marshal(c.problemBody(f, nil))
	}
	return response{status: f.Status, header: problemHeader(f), body: body, fault: f}
}

func (c *Call) problemBody(f *fault.Error, extra map[string]any) map[string]any {
	body := make(map[string]any, len(extra)+5)
	maps.Copy(body, extra)
	body["error"] = f.Message
	if f.Code != "" {
		body["error"], body["message"] = f.Code, f.Message
	}
	body["error_kind"] = f.Kind
	body["trace_id"] = c.span.TraceID
	if c.entry != nil && c.entry.route.Envelope {
		body["success"] = false
	}
	return body
}

// problemHeader is the fault's own headers and those that its status always has.
func problemHeader(f *fault.Error) message.Header {
	h := f.Header.Clone()
	switch f.Status {
	case status.Unauthorized:
		h.Set("WWW-Authenticate", "Bearer")
	case status.ServiceUnavailable:
		h.Set("Retry-After", "1")
	}
	return h
}
