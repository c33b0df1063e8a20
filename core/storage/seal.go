package storage

import (
	"encoding/json"
	"errors"
	"strings"
)

// Sealer encrypts documents at rest. The context is authenticated with the text, so that a sealed document cannot be
// moved to another record.
type Sealer interface {
	Seal(plain []byte, context string) (string, error)
	Open(sealed, context string) ([]byte, error)
}

var errNoSealer = errors.New("storage: no sealer")

// A sealed document is {"sealed":"<text>"}; no record of the program has that shape otherwise.
const sealedHead = `{"sealed":"`

func seal(s Sealer, k Key, doc string) (string, error) {
	if s == nil {
		return "", errNoSealer
	}
	text, err := s.Seal([]byte(doc), string(k))
	if err != nil {
		return "", err
	}
	b, err := json.Marshal(text)
	if err != nil {
		return "", err
	}
	return `{"sealed":` + string(b) + `}`, nil
}

func open(s Sealer, k Key, doc string) (string, error) {
	if !strings.HasPrefix(doc, sealedHead) {
		return doc, nil
	}
	var box struct{ Sealed string }
	if err := json.Unmarshal([]byte(doc), &box); err != nil {
		return "", err
	}
	if s == nil {
		return "", errNoSealer
	}
	plain, err := s.Open(box.Sealed, string(k))
	return string(plain), err
}
