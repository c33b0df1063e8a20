package web

import (
	"tracedge/core/fault"
	"tracedge/core/platform"
	"tracedge/core/status"
)

// readBody is the first half of step 8: it takes the whole body, whether or not the route wants one.
func (c *Call) readBody() error {
	info := platform.From(c.ctx)
	switch {
	case info.Oversize || len(c.request.Body) > platform.MaxBody:
		return fault.New(fault.Validation, status.RequestEntityTooLarge, "The body is longer than 2 MiB")
	case info.Broken:
		return fault.BadRequest("", "The body could not be read")
	}
	c.body = c.request.Body
	return nil
}
