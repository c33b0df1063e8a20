package services

import (
	"encoding/base64"
	"errors"
)

// EncodeCursor makes the cursor that continues a KV listing behind key. Cursors
// are opaque to callers; every store of the harness uses this form.
func EncodeCursor(key string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(key))
}

// DecodeCursor returns the key behind which a listing continues, "" for the
// cursor "" of a first page. A text that EncodeCursor did not make is an error.
func DecodeCursor(cursor string) (string, error) {
	key, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return "", errors.New("KV list cursor is not one that a listing returned")
	}
	return string(key), nil
}
