package web

import (
	"io"
	"net/http"

	"tracedge/core/fault"
	"tracedge/core/platform"
)

// maxBody is the greatest length of a request body in bytes.
const maxBody = 2 << 20

// readBody is the first half of step 8: it takes the whole body, whether or not the route wants one.
func (c *Call) readBody() error {
	if platform.From(c.request.Context()).Oversize || c.request.ContentLength > maxBody {
		return tooLarge()
	}
	if c.request.Body == nil || c.request.Body == http.NoBody {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(c.request.Body, maxBody+1))
	switch {
	case len(body) > maxBody:
		return tooLarge()
	case err != nil:
		return fault.BadRequest("", "The body could not be read").Because(err)
	}
	c.body = body
	return nil
}

func tooLarge() error {
	return fault.New(fault.Validation, http.StatusRequestEntityTooLarge, "The body is longer than 2 MiB")
}
