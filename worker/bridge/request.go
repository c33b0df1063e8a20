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

// request makes the current request of the context into one of net/http. Its head is a text of lines, see headText in
// worker/request.mjs: method, URL, address of the client, marks, refusals, and then the name and the value of each header
// field, as received: not split, not joined.
func request(ctx context.Context) *http.Request {
	head := surroundings.Get("head").String()
	line := func() (text string) {
		text, head, _ = strings.Cut(head, "\n")
		return text
	}
	method, address := line(), ""
	u, requestURI, host := parseURL(line())
	address = line()
	marks, refused := line(), line()
	body := bodyOf(surroundings.Get("body"))
	r := &http.Request{
		Method: method, Header: make(http.Header, 16),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
		RemoteAddr: address, URL: u, RequestURI: requestURI, Host: host,
	}
	for head != "" {
		name, value := line(), line()
		r.Header.Add(name, value)
	}
	info := platform.Info{
		Address: address, Cold: strings.Contains(marks, "cold"), Oversize: strings.Contains(marks, "oversize"),
	}
	if refused != "" {
		_ = json.Unmarshal([]byte(refused), &info.Refused) // the worker makes it; without it a count is missing
	}
	return r.WithContext(platform.With(ctx, info))
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
