package web

import (
	"fmt"

	"tracedge/core/fault"
	"tracedge/core/platform"
	"tracedge/core/status"
	"tracedge/core/trace"
)

// traced puts the request under a span, names the trace in the response, and ends with the one canonical record, also
// when what follows panics.
func (s *Server) traced(next step) step {
	panicked := fault.New(fault.Internal, status.InternalServerError, "panic")
	return func(c *Call) response {
		span := c.begin(trace.Options{Clock: s.Clock, Random: s.ids})
		out := response{status: panicked.Status, fault: panicked} // stands until everything has returned
		defer func() { s.log(requestRecord(span, s.Version, out)) }()
		defer func() {
			c.header.Set("Server-Timing", span.ServerTiming())
			answer := out
			out = response{status: panicked.Status, fault: panicked}
			for _, f := range c.finish {
				f(answer.status)
			}
			out = answer
		}()
		out = next(c)
		return out
	}
}

// begin puts the call under a span and names it in the response.
func (c *Call) begin(o trace.Options) *trace.Span {
	info := platform.From(c.ctx)
	o.Arrived = info.Arrived
	c.span = trace.Start(o, c.request.Method, c.request.Header.Get("Traceparent"))
	c.span.Cold = info.Cold
	c.span.SetEndpoint(unmatched)
	c.ctx = trace.With(c.ctx, c.span)
	c.header.Set("Traceparent", c.span.Traceparent())
	c.header.Set("X-Trace-Id", c.span.TraceID)
	return c.span
}

// requestRecord is the canonical record. Texts of failures below 500 may repeat what a client sent and are left out; the
// type of a cause says where to look and carries no data.
func requestRecord(span *trace.Span, version string, out response) trace.Request {
	if out.fault == nil {
		return span.Request(version, out.status, "", "")
	}
	message := out.fault.Code
	if out.status >= status.InternalServerError {
		message = out.fault.Message
		if cause := out.fault.Unwrap(); cause != nil {
			message += fmt.Sprintf(" (%T)", cause)
		}
	}
	return span.Request(version, out.status, string(out.fault.Kind), message)
}
