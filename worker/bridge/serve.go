//go:build js && wasm

package bridge

import (
	"context"
	"syscall/js"
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

// Serve tells the worker that the instance is ready and serves it. It returns at once; the program must not end.
//
// All work is done on one goroutine, one piece after the other as they come: its stack has grown to what requests need.
func (p *Platform) Serve(s Service) {
	work := make(chan func(Service), 1)
	on := func(name string, do func(Service)) {
		surroundings.Get("binding").Set(name, js.FuncOf(func(js.Value, []js.Value) any {
			work <- do // an instance is given one thing at a time: it never blocks the event
			return nil
		}))
	}
	on("serve", p.serve)
	on("sweep", p.sweep)
	go func() {
		for do := range work {
			do(s)
		}
	}()
	ready()
}

// ready tells the worker that the bindings are set.
//
//go:wasmimport workers ready
func ready()

func (p *Platform) sweep(s Service) {
	defer p.settled.Invoke()
	s.Sweep(context.Background())
}

// serve answers the current request of the context. The response goes out before the work that follows it is done; the
// instance is free when settled has been called.
func (p *Platform) serve(s Service) {
	response, finish := s.Serve(request(context.Background()))
	p.respond(response)
	if finish == nil {
		p.settled.Invoke()
		return
	}
	go func() {
		defer p.settled.Invoke()
		time.Sleep(yield)
		finish()
	}()
}

// yield is a pause that lets JavaScript run, so that the response is on its way before the work begins: that may be a
// hash, and nothing else runs meanwhile.
const yield = time.Nanosecond
