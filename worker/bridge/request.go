//go:build js && wasm

package bridge

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"tracedge/core/message"
	"tracedge/core/platform"
)

// request reads a request. Its head is a text of lines, see headText in worker/request.mjs:
// method, URL, address of the client, time of arrival, marks, refusals, and then the name and the value of each header
// field, as received: not split, not joined.
func request(ctx context.Context, head string, body []byte) (context.Context, *message.Request) {
	line := func() (text string) {
		text, head, _ = strings.Cut(head, "\n")
		return text
	}
	r := &message.Request{Method: line(), Header: make(message.Header, 0, 16), Body: body}
	r.Path, r.Query = target(line())
	info := platform.Info{Address: line()}
	if ms, err := strconv.ParseInt(line(), 10, 64); err == nil {
		info.Arrived = time.UnixMilli(ms)
	}
	marks, refused := line(), line()
	info.Cold, info.Oversize = strings.Contains(marks, "cold"), strings.Contains(marks, "oversize")
	if refused != "" {
		_ = json.Unmarshal([]byte(refused), &info.Refused) // the worker makes it; without it a count is missing
	}
	for head != "" {
		name := line()
		r.Header.Add(name, line())
	}
	return platform.With(ctx, info), r
}

// target is the path and the query of an absolute URL. The path may hold encoding that is malformed: it stays as it is.
func target(url string) (path, query string) {
	_, rest, _ := strings.Cut(url, "://")
	_, rest, _ = strings.Cut(rest, "/")
	path, query, _ = strings.Cut(rest, "?")
	return "/" + path, query
}
