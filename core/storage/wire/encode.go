package wire

import (
	"bytes"
	"encoding/json"
)

// Encode is the JSON of v on one line. Unlike encoding/json it leaves what HTML could mistake as it is: a text of angle
// brackets would be six times as long, and twelve times once it is a text within a text.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
