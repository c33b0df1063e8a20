package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"

	"tracedge/core/fault"
	"tracedge/core/plainjson"
)

// cursor is the content of a cursor: a short hash of what it belongs to, and the position.
type cursor struct {
	Binding  []byte          `json:"b"`
	Position json.RawMessage `json:"p"`
}

// EncodeCursor makes an opaque text of a position, which becomes JSON, for use in the same binding only. The text is
// base64url and needs no escaping in a URL.
func EncodeCursor(binding []string, position any) (string, error) {
	p, err := plainjson.Marshal(position)
	if err != nil {
		return "", err
	}
	doc, err := plainjson.Marshal(cursor{hashBinding(binding), p})
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(doc), nil
}

// DecodeCursor returns the position of a cursor, or a 400 for one that is malformed or of another binding. The hash
// keeps clients from using a cursor elsewhere by mistake; it does not authenticate the position.
func DecodeCursor(binding []string, token string) (json.RawMessage, error) {
	doc, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil {
		return nil, errCursor()
	}
	var c cursor
	if err := json.Unmarshal(doc, &c); err != nil || c.Position == nil || !bytes.Equal(c.Binding, hashBinding(binding)) {
		return nil, errCursor()
	}
	return c.Position, nil
}

func errCursor() error { return fault.BadRequest("cursor", "The cursor is not usable here") }

func hashBinding(binding []string) []byte {
	h := sha256.New()
	for _, text := range binding {
		part(h, []byte(text))
	}
	return h.Sum(nil)[:12]
}
