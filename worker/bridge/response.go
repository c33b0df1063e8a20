//go:build js && wasm

package bridge

import (
	"net/http"
	"strconv"
	"strings"
	"syscall/js"
	"unicode/utf8"
)

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

// respond hands a response over as one text, see responseOf in worker/response.mjs. A body that is not text goes beside
// it as bytes.
func (p *Platform) respond(r *response) {
	r.WriteHeader(http.StatusOK)
	if utf8.Valid(r.body) {
		p.respondTo.Invoke(r.text(r.body))
		return
	}
	body := js.Global().Get("Uint8Array").New(len(r.body))
	js.CopyBytesToJS(body, r.body)
	p.respondTo.Invoke(r.text(nil), body)
}

// text is a line with the status, a line each for the name and the value of each header field, an empty line, the body.
func (r *response) text(body []byte) string {
	b := make([]byte, 0, 1024+len(body))
	b = strconv.AppendInt(b, int64(r.status), 10)
	b = append(b, '\n')
	for name, values := range r.header {
		for _, value := range values {
			b = append(b, name...)
			b = append(b, '\n')
			b = append(b, oneLine.Replace(value)...)
			b = append(b, '\n')
		}
	}
	b = append(b, '\n')
	return string(append(b, body...))
}

// oneLine keeps a value from ending its line, as net/http does.
var oneLine = strings.NewReplacer("\n", " ", "\r", " ")
