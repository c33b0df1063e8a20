// Package plainjson writes JSON on one line, without white space between tokens and without the escapes that JSON inside
// of HTML would need: with them a text of angle brackets is six times as long, and twelve times as a text within a text.
package plainjson

import (
	"bytes"
	"encoding/json"
	"sync"
)

// encoder is what a value is written with; most values fit into the room that the last ones needed.
type encoder struct {
	buffer bytes.Buffer
	json   *json.Encoder
}

// maxKept bounds the room that is kept, in bytes.
const maxKept = 16 << 10

var encoders = sync.Pool{New: func() any {
	e := new(encoder)
	e.json = json.NewEncoder(&e.buffer)
	e.json.SetEscapeHTML(false)
	return e
}}

// Marshal is the JSON of v.
func Marshal(v any) ([]byte, error) {
	e := encoders.Get().(*encoder)
	e.buffer.Reset()
	err := e.json.Encode(v)
	if err != nil {
		return nil, err
	}
	out := bytes.Clone(bytes.TrimSuffix(e.buffer.Bytes(), []byte("\n")))
	if e.buffer.Cap() <= maxKept {
		encoders.Put(e)
	}
	return out, nil
}
