//go:build js && wasm

package bridge

import (
	"strconv"
	"strings"
	"syscall/js"
	"unicode/utf8"

	"tracedge/core/message"
)

// respond hands a response over as one text, see responseOf in worker/response.mjs. A body that is not text goes beside
// it as bytes.
func (p *Platform) respond(r message.Response) {
	if utf8.Valid(r.Body) {
		p.respondTo.Invoke(text(r, r.Body))
		return
	}
	body := js.Global().Get("Uint8Array").New(len(r.Body))
	js.CopyBytesToJS(body, r.Body)
	p.respondTo.Invoke(text(r, nil), body)
}

// text is a line with the status, a line each for the name and the value of each header field, an empty line, the body.
func text(r message.Response, body []byte) string {
	b := make([]byte, 0, 1024+len(body))
	b = strconv.AppendInt(b, int64(r.Status), 10)
	b = append(b, '\n')
	for name, values := range r.Header {
		for _, value := range values {
			b = append(b, name...)
			b = append(b, '\n')
			b = append(b, oneLine(value)...)
			b = append(b, '\n')
		}
	}
	b = append(b, '\n')
	return string(append(b, body...))
}

// oneLine keeps a value from ending its line.
func oneLine(value string) string {
	if !strings.ContainsAny(value, "\r\n") {
		return value
	}
	return strings.NewReplacer("\n", " ", "\r", " ").Replace(value)
}
