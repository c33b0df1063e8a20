package web

import (
	"tracedge/core/fault"
	"tracedge/core/message"
	"tracedge/core/status"
)

// unmatched is the endpoint in records of requests that no route matches.
const unmatched = "unmatched"

// route is step 2: it finds the route and names the endpoint. It never looks at credentials. OPTIONS is answered here,
// with done true.
func (s *Server) route(c *Call) (reply Reply, done bool, err error) {
	n, values := s.Table.root.match(c.request.Path)
	if n == nil {
		return reply, false, fault.NotFound("Not found")
	}
	c.span.SetEndpoint(n.leaves[0].entry.route.Pattern)
	if c.request.Method == message.OPTIONS {
		return Reply{Status: status.NoContent, Header: message.Header{{Name: "Allow", Value: n.allow()}}}, true, nil
	}
	l, ok := n.leaf(c.request.Method)
	if !ok {
		refused := fault.New(fault.Other, status.MethodNotAllowed, "Method not allowed")
		return reply, false, refused.WithHeader("Allow", n.allow())
	}
	c.entry = l.entry
	c.span.SetEndpoint(l.entry.route.Pattern)
	for i, name := range l.names {
		p := param{name: name, text: values[i]}
		if text, ok := unescape(values[i]); ok {
			p.text = text
		} else {
			p.malformed = true
		}
		c.params = append(c.params, p)
	}
	return reply, false, nil
}
