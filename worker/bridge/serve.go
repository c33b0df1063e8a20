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
func (p *Platform) Serve(s Service) {
	workers.ServeNonBlock(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { serve(w, s) }))
	cron.ScheduleTaskNonBlock(func(ctx context.Context) error {
		defer settled()
		s.Sweep(ctx)
		return nil
	})
	workers.Ready()
}

// serve answers the current request of the context. The response goes out before the work that follows it is done; the
// instance is free when settled has been called.
func serve(w http.ResponseWriter, s Service) {
	r, err := request(context.Background())
	if err != nil { // the worker and the module disagree about the form of a request
		settled()
		panic("bridge: " + err.Error())
	}
	out := &response{header: make(http.Header)}
	finish := s.Serve(out, r)
	out.send(w)
	if finish == nil {
		settled()
		return
	}
	go func() {
		defer settled()
		time.Sleep(yield)
		finish()
	}()
}

// yield is a pause that lets JavaScript run, so that the response is on its way before the work begins: that may be a
// hash, and nothing else runs meanwhile.
const yield = time.Nanosecond

func settled() { host().Call("settled") }

// response collects a response, so that it goes out in one piece.
type response struct {
	status int
	header http.Header
	body   []byte
}

func (r *response) Header() http.Header { return r.header }

func (r *response) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *response) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	r.body = append(r.body, b...)
	return len(b), nil
}

// send hands the response over. syumai's writer takes a finished body through an interface of its own.
func (r *response) send(w http.ResponseWriter) {
	r.WriteHeader(http.StatusOK)
	header := w.Header()
	for name, values := range r.header {
		header[name] = values
	}
	w.WriteHeader(r.status)
	body := js.Null()
	if len(r.body) > 0 {
		body = js.Global().Get("Uint8Array").New(len(r.body))
		js.CopyBytesToJS(body, r.body)
	}
	w.(interface{ WriteRawJSBody(js.Value) }).WriteRawJSBody(body)
}
