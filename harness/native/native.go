// Package native assembles the product as an ordinary Go program over storage in memory: what the module is compared with.
package native

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"tracedge/core/app"
	"tracedge/core/platform"
	"tracedge/core/shell"
	"tracedge/core/storage/memory"
	"tracedge/core/trace"
)

// Options of the product as a Go program. Vars are those of the deployment; the zero value of each other field is a default.
type Options struct {
	Vars   map[string]string
	Logger trace.Logger
	Store  *memory.Store    // default: an empty one
	Clock  func() time.Time // default time.Now
	Random io.Reader        // default crypto/rand
}

// New assembles the product with the deployment's variables. Everything but its data is as in the module.
func New(vars map[string]string, log trace.Logger) (*app.App, error) {
	return Assemble(Options{Vars: vars, Logger: log})
}

// Assemble is New with a choice of the world around.
func Assemble(o Options) (*app.App, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Store == nil {
		o.Store = memory.New(memory.Options{Clock: o.Clock})
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	return app.New(app.Options{
		Vars: o.Vars, Sequencer: o.Store, Edge: o.Store.Edge(), Fetcher: Fetcher{}, Logger: o.Logger,
		Clock: o.Clock, Random: o.Random, Build: shell.Build{Version: "native"},
	})
}

// Fetcher is the platform's fetch over net/http.
type Fetcher struct{}

// Fetch implements platform.Fetcher.
func (Fetcher) Fetch(ctx context.Context, r platform.FetchRequest) (platform.FetchResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, r.Method, r.URL, strings.NewReader(r.Body))
	if err != nil {
		return platform.FetchResponse{}, err
	}
	for _, h := range r.Headers {
		request.Header.Set(h[0], h[1])
	}
	response, err := direct.Do(request)
	if err != nil {
		return platform.FetchResponse{}, late(ctx, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, platform.MaxFetched))
	out := platform.FetchResponse{Status: response.StatusCode, Body: string(body)}
	for name, values := range response.Header {
		out.Headers = append(out.Headers, [2]string{strings.ToLower(name), strings.Join(values, ", ")})
	}
	return out, late(ctx, err)
}

// direct follows no redirect, like the platform.
var direct = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// late tells a failure for want of time from others.
func late(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errors.Join(platform.ErrFetchTimeout, err)
	}
	return err
}
