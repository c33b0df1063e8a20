package web

import (
	"strings"

	"tracedge/core/message"
	"tracedge/core/status"
)

// shared lets any page read every response (conventions, section 11). There is no credentials flag: credentials are
// headers that a page sets itself, never cookies.
func (s *Server) shared(next step) step {
	return func(c *Call) response {
		c.header.Set("Access-Control-Allow-Origin", "*")
		c.header.Set("Access-Control-Expose-Headers",
			"Link, Retry-After, X-Trace-Id, traceparent, Server-Timing, Idempotency-Replayed, Allow")
		return next(c)
	}
}

// preflight is step 1: it answers the question of a browser whether it may send a request, on any path.
func (s *Server) preflight(c *Call) (Reply, bool) {
	ask := c.request.Header
	if c.request.Method != message.OPTIONS || ask.Get("Access-Control-Request-Method") == "" {
		return Reply{}, false
	}
	if n, _ := s.Table.root.match(c.request.Path); n != nil {
		c.span.SetEndpoint(n.leaves[0].entry.route.Pattern)
	}
	h := message.Header{}
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
	if names := strings.Join(ask.Values("Access-Control-Request-Headers"), ", "); isNameList(names) {
		h.Set("Access-Control-Allow-Headers", names)
	}
	h.Set("Access-Control-Max-Age", "86400")
	h.Set("Vary", "Access-Control-Request-Headers")
	return Reply{Status: status.NoContent, Header: h}, true
}

// isNameList tells whether a text is header names separated by commas, and so may be echoed.
func isNameList(s string) bool {
	return consistsOf(s, "!#$%&'*+-.^_`|~, \t")
}

// isToken tells whether a text is a token of HTTP (RFC 9110, section 5.6.2).
func isToken(s string) bool { return consistsOf(s, "!#$%&'*+-.^_`|~") }

// consistsOf tells whether a text is of letters, digits and the marks, and not empty.
func consistsOf(s, marks string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && strings.IndexByte(marks, c) < 0 {
			return false
		}
	}
	return s != ""
}
