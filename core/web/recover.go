package web

import (
	"fmt"
	"path"
	"runtime"
	"strings"
	"time"

	"tracedge/core/fault"
	"tracedge/core/status"
	"tracedge/core/trace"
)

// recovered is outermost: a panic becomes a 500 with the trace id of the request. What was panicked with is neither sent
// nor logged, since it may hold data; its type and the stack of functions are.
func (s *Server) recovered(next step) step {
	return func(c *Call) (out response) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if c.span == nil { // the clock or the source of ids is what panicked
				c.begin(trace.Options{Clock: time.Now, Random: strings.NewReader("")})
			}
			notice := c.span.Notice("error", "panic", fmt.Sprintf("%T at %s", v, stack()))
			notice.ErrorKind = string(fault.Internal)
			s.log(notice)
			out = c.failure(fault.New(fault.Internal, status.InternalServerError, "Internal error"))
		}()
		return next(c)
	}
}

// stack names the functions below the panic, innermost first, as function:line. It holds no arguments.
func stack() string {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	var out []string
	for {
		f, more := frames.Next()
		if !strings.HasPrefix(f.Function, "runtime.") {
			out = append(out, fmt.Sprintf("%s:%d", path.Base(f.Function), f.Line))
		}
		if !more {
			return strings.Join(out, " < ")
		}
	}
}
