// Package plainjson writes JSON on one line, without white space between tokens and without the escapes that JSON inside
// of HTML would need: with them a text of angle brackets is six times as long, and twelve times as a text within a text.
package plainjson

import (
	"bytes"
	"encoding/json"
)

// Marshal is the JSON of v.
func Marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
