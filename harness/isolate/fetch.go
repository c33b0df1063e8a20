package isolate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/grafana/sobek"
)

// source is a body that JavaScript reads from Go.
type source struct {
	isolate *isolate
	r       io.ReadCloser
}

// fetchHandle is a subrequest that can be given up.
type fetchHandle struct{ cancel context.CancelFunc }

// installFetch gives the prelude subrequests and the bodies that they return.
func (i *isolate) installFetch() {
	i.def("fetch", i.fetch)
	i.def("fetchAbort", func(call sobek.FunctionCall) sobek.Value {
		handleOf[*fetchHandle](i, call.Argument(0)).cancel()
		return sobek.Undefined()
	})
	i.def("sourceRead", func(call sobek.FunctionCall) sobek.Value {
		return handleOf[*source](i, call.Argument(0)).read()
	})
	i.def("sourceClose", func(call sobek.FunctionCall) sobek.Value {
		src := handleOf[*source](i, call.Argument(0))
		i.options.Scheduler.Go(func() { _ = src.r.Close() })
		return sobek.Undefined()
	})
}

// chunkSize is how much of a body is read at once.
const chunkSize = 64 << 10

// read returns the promise of the next chunk, or of null at the end.
func (s *source) read() sobek.Value {
	i := s.isolate
	return i.async(func() (func() sobek.Value, error) {
		buf := make([]byte, chunkSize)
		n, err := s.r.Read(buf)
		for n == 0 && err == nil {
			n, err = s.r.Read(buf)
		}
		switch {
		case n > 0: // an error comes back with the next read
			return func() sobek.Value { return i.bytes(buf[:n]) }, nil
		case errors.Is(err, io.EOF):
			return sobek.Null, nil
		}
		return nil, fmt.Errorf("network connection lost: %w", err)
	})
}

// fetch(method, url, headers, body, redirect) begins a subrequest. The promise
// is one of [status, statusText, headers, url, redirected, source].
func (i *isolate) fetch(call sobek.FunctionCall) sobek.Value {
	i.requireEvent()
	ctx, cancel := context.WithCancel(context.Background())
	body := i.optional(call.Argument(3))
	request, err := http.NewRequestWithContext(ctx, call.Argument(0).String(), call.Argument(1).String(), nil)
	if err != nil {
		cancel()
		panic(i.rt.NewTypeError("Fetch API cannot load: %s", call.Argument(1).String()))
	}
	if body != nil {
		request.Body, request.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	}
	request.Header = toHTTP(i.headersOf(call.Argument(2)))
	if host := request.Header.Get("Host"); host != "" {
		request.Host = host
		request.Header.Del("Host")
	}
	request.Header.Del("Content-Length")
	client := i.client(call.Argument(4).String())

	result := i.rt.NewObject()
	_ = result.Set("handle", i.rt.ToValue(&fetchHandle{cancel}))
	_ = result.Set("promise", i.async(func() (func() sobek.Value, error) {
		response, err := client.Do(request)
		if err != nil {
			return nil, fmt.Errorf("network connection lost: %w", err)
		}
		return func() sobek.Value { return i.fetched(request, response) }, nil
	}))
	return result
}

// client is the client for a redirect mode.
func (i *isolate) client(redirect string) *http.Client {
	client := *i.options.Client
	switch redirect {
	case "manual":
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	case "error":
		client.CheckRedirect = func(*http.Request, []*http.Request) error {
			return errors.New("unexpected redirect in fetch with redirect: \"error\"")
		}
	}
	return &client
}

func (i *isolate) fetched(request *http.Request, response *http.Response) sobek.Value {
	url, redirected := request.URL, false
	if response.Request != nil {
		url, redirected = response.Request.URL, response.Request != request
	}
	text := http.StatusText(response.StatusCode)
	var src sobek.Value = sobek.Null()
	if response.Body != nil && response.Body != http.NoBody {
		src = i.rt.ToValue(&source{isolate: i, r: response.Body})
	}
	return i.list(i.rt.ToValue(response.StatusCode), i.rt.ToValue(text), i.newHeaders(fromHTTP(response.Header)),
		i.rt.ToValue(url.String()), i.rt.ToValue(redirected), src)
}
