package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Reply is what came back for a Request.
type Reply struct {
	Request Request
	Status  int
	Header  http.Header
	Body    []byte

	object map[string]any // the body when it is a JSON object, numbers as json.Number
}

func newReply(r Request, status int, header http.Header, body []byte) *Reply {
	reply := &Reply{Request: r, Status: status, Header: header, Body: body}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&reply.object); err != nil {
		reply.object = nil
	}
	return reply
}

// get returns the member at a dotted path of the body; a number is an index.
func (r *Reply) get(path string) (any, bool) {
	var value any = r.object
	for name := range strings.SplitSeq(path, ".") {
		if list, isList := value.([]any); isList {
			n, err := strconv.Atoi(name)
			if err != nil || n < 0 || n >= len(list) {
				return nil, false
			}
			value = list[n]
			continue
		}
		object, ok := value.(map[string]any)
		if !ok {
			return nil, false
		}
		if value, ok = object[name]; !ok {
			return nil, false
		}
	}
	return value, true
}

// text returns the string at a dotted path of the body, "" when there is none.
func (r *Reply) text(path string) string {
	value, _ := r.get(path)
	s, _ := value.(string)
	return s
}

// int returns the integer at a dotted path of the body, 0 when there is none.
func (r *Reply) int(path string) int64 {
	value, _ := r.get(path)
	number, _ := value.(json.Number)
	n, _ := number.Int64()
	return n
}

// traceID is the trace id of the reply.
func (r *Reply) traceID() string { return r.Header.Get("X-Trace-Id") }

// refusedByFront reports whether an HTTP server in front of the service answered.
func (r *Reply) refusedByFront() bool {
	return r.Request.front && r.traceID() == "" && (r.Status >= 400 && r.Status < 500 || r.Status == http.StatusNotImplemented)
}

// String is the reply in one line.
func (r *Reply) String() string {
	if len(r.Body) == 0 {
		return fmt.Sprintf("%d without a body", r.Status)
	}
	return fmt.Sprintf("%d %s", r.Status, cut(string(r.Body), 300))
}
