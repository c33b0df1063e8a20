//go:build js && wasm

package bridge

import (
	"context"
	"time"

	"tracedge/core/message"
)

// Service is what an instance serves.
type Service interface {
	// Serve answers one request and returns the work that follows the response, nil when there is none.
	Serve(ctx context.Context, r *message.Request) (response message.Response, finish func())
	// Sweep does the scheduled work.
	Sweep(ctx context.Context)
}

// Serve tells the worker that the instance is ready and serves it. It does not return.
//
// All work is done on one goroutine, one piece after the other as they come: its stack has grown to what requests need.
func (p *Platform) Serve(s Service) {
	p.service = s
	hostReady(p.version)
	for do := range p.work {
		do(p)
	}
}

// arrive takes a request. An instance is given one thing at a time, so this never blocks who brings it.
func (p *Platform) arrive(head string, body []byte) {
	p.work <- func(p *Platform) { p.serve(head, body) }
}

func (p *Platform) sweep() {
	defer hostSettled()
	p.service.Sweep(context.Background())
}

// serve answers a request. The response goes out before the work that follows it is done; the instance is free when
// settled has been called.
func (p *Platform) serve(head string, body []byte) {
	response, finish := p.service.Serve(request(context.Background(), head, body))
	p.respond(response)
	if finish == nil {
		hostSettled()
		return
	}
	go func() {
		defer hostSettled()
		time.Sleep(yield)
		finish()
	}()
}

// yield is a pause that lets JavaScript run, so that the response is on its way before the work begins: that may be a
// hash, and nothing else runs meanwhile.
const yield = time.Nanosecond
