package web

import (
	"cmp"

	"tracedge/core/fault"
	"tracedge/core/message"
)

// response is a finished response but for the headers that every response has.
type response struct {
	status int
	header message.Header
	body   []byte       // nil is none
	media  string       // the content type of a body that is not JSON
	fault  *fault.Error // what failed, nil for a success
}

// answered turns what the order of checks returned into a response.
func (s *Server) answered(next Handler) step {
	return func(c *Call) response {
		value, err := next(c)
		if err != nil {
			return c.problem(err)
		}
		if r, ok := value.(replay); ok {
			return response{status: r.Status, body: r.Body, header: message.Header{{Name: "Idempotency-Replayed", Value: "true"}}}
		}
		if r, ok := value.(settled); ok {
			return response{status: r.Status, body: r.Body, header: merge(c.success, r.header)}
		}
		out, header, err := render(value)
		if err != nil {
			return c.problem(err)
		}
		return response{status: out.Status, body: out.Body, media: out.media, header: merge(c.success, header)}
	}
}

func merge(a, b message.Header) message.Header {
	if len(a) == 0 {
		return b
	}
	a.Replace(b)
	return a
}

// message is the response as it is sent; a HEAD gets the headers of its GET and no body.
func (r response) message(c *Call) message.Response {
	out := message.Response{Status: r.status, Header: c.header}
	out.Header.Replace(r.header)
	if r.body != nil {
		out.Header.Set("Content-Type", cmp.Or(r.media, "application/json"))
	}
	if c.request.Method != message.HEAD {
		out.Body = r.body
	}
	return out
}
