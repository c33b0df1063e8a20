package web

import (
	"cmp"
	"maps"
	"net/http"

	"tracedge/core/fault"
)

// response is a finished response but for the headers that every response has.
type response struct {
	status int
	header http.Header
	body   []byte       // nil is none
	media  string       // the content type of a body that is not JSON
	fault  *fault.Error // what failed, nil for a success
}

// answered turns what the order of checks returned into a response.
func (s *server) answered(next Handler) step {
	return func(c *Call) response {
		value, err := next(c)
		if err != nil {
			return c.problem(err)
		}
		if r, ok := value.(replay); ok {
			return response{status: r.Status, body: r.Body, header: http.Header{"Idempotency-Replayed": {"true"}}}
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

func merge(a, b http.Header) http.Header {
	if len(a) == 0 {
		return b
	}
	maps.Copy(a, b)
	return a
}

// write sends a response in one piece; a HEAD gets the headers of its GET and no body.
func (r response) write(w http.ResponseWriter, c *Call) {
	h := w.Header()
	maps.Copy(h, c.header)
	maps.Copy(h, r.header)
	if r.body != nil {
		h.Set("Content-Type", cmp.Or(r.media, "application/json"))
	}
	w.WriteHeader(r.status)
	if r.body != nil && c.request.Method != http.MethodHead {
		_, _ = w.Write(r.body) // the client has gone; nothing is left to tell it
	}
}
