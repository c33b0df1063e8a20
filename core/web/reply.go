package web

import (
	"errors"
	"fmt"

	"tracedge/core/message"
	"tracedge/core/plainjson"
	"tracedge/core/status"
)

// Reply is a success other than a plain 200.
type Reply struct {
	Status int            // 0 is 200; below 400
	Header message.Header // further headers
	Body   any            // written as JSON; nil with 204 and 3xx is no body
}

// Content is a success that is not JSON. Only a GET has one.
type Content struct {
	Type  string // media type, with its parameters
	Bytes []byte
}

// Rendered is a response in bytes, as it is kept under an idempotency key.
type Rendered struct {
	Status int
	Body   []byte // compact JSON; nil is no body

	media string // the content type of a Body that is not JSON, "" for JSON
}

// render turns what a handler returned into bytes. The errors are faults of the program.
func render(value any) (Rendered, message.Header, error) {
	reply, ok := value.(Reply)
	if !ok {
		reply = Reply{Body: value}
	}
	if reply.Status == 0 {
		reply.Status = status.OK
	}
	out := Rendered{Status: reply.Status}
	switch {
	case reply.Status < 200 || reply.Status >= 400:
		return out, nil, fmt.Errorf("web: a reply of status %d is not a success", reply.Status)
	case reply.Status == status.NoContent || reply.Status >= 300:
		if reply.Body != nil {
			return out, nil, fmt.Errorf("web: a body with status %d", reply.Status)
		}
		return out, reply.Header, nil
	case reply.Body == nil:
		return out, nil, errors.New("web: the handler returned nothing")
	}
	if content, ok := reply.Body.(Content); ok {
		out.Body, out.media = content.Bytes, content.Type
		return out, reply.Header, nil
	}
	body, err := plainjson.Marshal(reply.Body)
	out.Body = body
	return out, reply.Header, err
}
