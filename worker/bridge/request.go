//go:build js && wasm

package bridge

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"syscall/js"

	"tracedge/core/platform"
)

// head is everything of a request but its body. Header values are as received: not split, not joined.
type head struct {
	Method   string      `json:"method"`
	URL      string      `json:"url"`
	Headers  [][2]string `json:"headers"`
	Address  string      `json:"address"`
	Cold     bool        `json:"cold"`
	Oversize bool        `json:"oversize"` // the body was longer than the limit and is cut

	Refused []platform.Refusals `json:"refused"`
}

// request makes the current request of the context into one of net/http.
func request(ctx context.Context) (*http.Request, error) {
	current := surroundings.Get("request")
	var h head
	if err := json.Unmarshal([]byte(current.Get("head").String()), &h); err != nil {
		return nil, err
	}
	body := bodyOf(current.Get("body"))
	r := &http.Request{
		Method: h.Method, Header: make(http.Header, len(h.Headers)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
		RemoteAddr: h.Address,
	}
	for _, pair := range h.Headers {
		r.Header.Add(pair[0], pair[1])
	}
	r.URL, r.RequestURI, r.Host = parseURL(h.URL)
	info := platform.Info{Address: h.Address, Cold: h.Cold, Oversize: h.Oversize, Refused: h.Refused}
	return r.WithContext(platform.With(ctx, info)), nil
}

// parseURL splits an absolute URL. Its path may hold encoding that net/url refuses; the request URI keeps it as it is.
func parseURL(text string) (u *url.URL, requestURI, host string) {
	_, rest, _ := strings.Cut(text, "://")
	host, path, _ := strings.Cut(rest, "/")
	requestURI = "/" + path
	u, err := url.Parse(text)
	if err != nil {
		raw, query, _ := strings.Cut(requestURI, "?")
		u = &url.URL{Scheme: "https", Host: host, Path: raw, RawQuery: query}
	}
	return u, requestURI, host
}

func bodyOf(v js.Value) []byte {
	if v.IsNull() || v.IsUndefined() {
		return nil
	}
	b := make([]byte, v.Get("length").Int())
	js.CopyBytesToGo(b, v)
	return b
}
