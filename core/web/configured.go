package web

import (
	"tracedge/core/fault"
	"tracedge/core/status"
	"tracedge/core/trace"
)

// configured refuses every route that is not marked Always while a required setting is missing. Which one is in the
// records, not in the answer.
func (s *Server) configured(c *Call) error {
	if len(s.Unconfigured) == 0 || c.entry.route.Always {
		return nil
	}
	return fault.New(fault.Other, status.ServiceUnavailable, "The service is not configured: a required setting is missing")
}

// reportUnconfigured logs each missing setting, once per server and not per request.
func (s *Server) reportUnconfigured() {
	for _, name := range s.Unconfigured {
		s.log(trace.Notice{
			Level: "error", Event: "unconfigured", ErrorKind: string(fault.Other), Setting: name,
			Message: "a required setting is missing; only /health answers", Time: s.Clock().UTC(),
		})
	}
}
