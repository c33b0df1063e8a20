//go:build js && wasm

package bridge

import (
	"context"
	"net/http"
	"syscall/js"
	"time"

	"github.com/syumai/workers"
	"github.com/syumai/workers/cloudflare/cron"
)

// Service is what an instance serves.
type Service interface {
	// Serve answers one request and returns the work that follows the response, nil when there is none.
	Serve(w http.ResponseWriter, r *http.Request) (finish func())
	// Sweep does the scheduled work.
	Sweep(ctx context.Context)
}

// Serve tells the worker that the instance is ready and serves it. It returns at once; the program must not end.
//
// Requests come as texts and go as texts, past the handler of syumai, whose way of a request costs sixty calls between
// the module and its host. They are served on one goroutine, one after the other as they come: its stack has grown to
// what requests need.
func (p *Platform) Serve(s Service) {
	requests := make(chan struct{}, 1)
	surroundings.Get("binding").Set("serve", js.FuncOf(func(js.Value, []js.Value) any {
		requests <- struct{}{} // an instance is given one request at a time: it never blocks the event
		return nil
	}))
	go func() {
		for range requests {
			p.serve(s)
		}
	}()
	cron.ScheduleTaskNonBlock(func(ctx context.Context) error {
		defer p.settled.Invoke()
		s.Sweep(ctx)
		return nil
	})
	workers.Ready()
}

// serve answers the current request of the context. The response goes out before the work that follows it is done; the
// instance is free when settled has been called.
func (p *Platform) serve(s Service) {
	out := &response{header: make(http.Header)}
	finish := s.Serve(out, request(context.Background()))
	p.respond(out)
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
