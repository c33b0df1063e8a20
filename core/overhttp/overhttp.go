// Package overhttp carries requests and responses of the product over net/http, for servers that are ordinary programs. The
// module does not have it.
package overhttp

import (
	"context"
	"io"
	"net/http"
	"strings"

	"tracedge/core/message"
	"tracedge/core/platform"
)

// Handler serves with a function. The client's address is that of the connection unless the context of the request
// carries another.
func Handler(serve func(context.Context, *message.Request) message.Response) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, request := Request(r)
		response := serve(ctx, request)
		header := w.Header()
		for _, f := range response.Header {
			header.Add(f.Name, f.Value)
		}
		w.WriteHeader(response.Status)
		_, _ = w.Write(response.Body) // the client has gone; nothing is left to tell it
	})
}

// Request takes a request of net/http over, with its whole body unless that is too long.
func Request(r *http.Request) (context.Context, *message.Request) {
	ctx := r.Context()
	info := platform.From(ctx)
	if info.Address == "" {
		info.Address = r.RemoteAddr
	}
	out := &message.Request{Method: r.Method, Path: rawPath(r), Query: r.URL.RawQuery, Header: message.Header{}}
	for name, values := range r.Header {
		for _, value := range values {
			out.Header.Add(name, value)
		}
	}
	var broken bool
	if r.ContentLength > platform.MaxBody {
		info.Oversize = true
	} else if r.Body != nil {
		body, err := io.ReadAll(io.LimitReader(r.Body, platform.MaxBody+1))
		out.Body, broken = body, err != nil
		info.Oversize = info.Oversize || len(body) > platform.MaxBody
	}
	info.Broken = broken
	return platform.With(ctx, info), out
}

// rawPath is the path as it stands in the request line. RequestURI decides when it is set: unlike the URL it can hold
// encoding that is malformed.
func rawPath(r *http.Request) string {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	if !strings.HasPrefix(path, "/") { // none, or the absolute form scheme://host/path
		_, rest, _ := strings.Cut(path, "://")
		_, path, _ = strings.Cut(rest, "/")
		if path = "/" + path; rest == "" {
			path = r.URL.EscapedPath()
		}
	}
	if path == "" {
		return "/"
	}
	return path
}
