//go:build js && wasm

package bridge

import (
	"strconv"
	"strings"

	"tracedge/core/message"
)

// respond hands a response over: its head as a text, and the bytes of its body.
func (p *Platform) respond(r message.Response) {
	head := appendHead(p.scratch.take(), r)
	hostRespond(asText(head), asText(r.Body))
	p.scratch.give(head)
}

// appendHead appends a line with the status and a line each for the name and the value of each header field, see responseOf in
// worker/response.mjs.
func appendHead(b []byte, r message.Response) []byte {
	b = strconv.AppendInt(b, int64(r.Status), 10)
	for _, f := range r.Header {
		b = append(append(b, '\n'), f.Name...)
		b = append(append(b, '\n'), oneLine(f.Value)...)
	}
	return b
}

// oneLine keeps a value from ending its line.
func oneLine(value string) string {
	if !strings.ContainsAny(value, "\r\n") {
		return value
	}
	return strings.NewReplacer("\n", " ", "\r", " ").Replace(value)
}
