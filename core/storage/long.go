package storage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"tracedge/core/plainjson"
)

// Long documents. What a client may send is longer than what a back end keeps in one record, so a document of any length
// is kept under its key as it is while it is short, and otherwise in parts under <key>/<n>, with their number under the
// key.

// partSize is the length in bytes from which a document is cut. Escaping makes it at most six times as long.
const partSize = 240 << 10

// longMark begins the record of a document in parts; no document of the program has a member of this name.
const longMark = `{"long_parts":`

func partKey(k Key, n int) Key { return k + Key(fmt.Sprintf("/%04d", n)) }

// Parts is the prefix of the parts of a long document, to be read along with its key.
func (k Key) Parts() Key { return k + "/" }

// PutLong is Put for a document of any length. It reads what is there now.
func (tx *Tx) PutLong(k Key, v any, opts ...PutOption) error {
	doc, err := plainjson.Marshal(v)
	if err != nil {
		return tx.fail(err)
	}
	had, err := tx.parts(k)
	if err != nil {
		return tx.fail(err)
	}
	n := 0
	if len(doc) <= partSize {
		tx.Put(k, json.RawMessage(doc), opts...)
	} else {
		for rest := string(doc); rest != ""; n++ {
			end := min(partSize, len(rest))
			for end < len(rest) && !utf8.RuneStart(rest[end]) {
				end--
			}
			tx.Put(partKey(k, n), rest[:end], opts...)
			rest = rest[end:]
		}
		tx.Put(k, json.RawMessage(longMark+strconv.Itoa(n)+"}"), opts...)
	}
	for ; n < had; n++ {
		tx.Delete(partKey(k, n))
	}
	return tx.broken
}

// DeleteLong is Delete for what PutLong wrote.
func (tx *Tx) DeleteLong(k Key) error {
	had, err := tx.parts(k)
	if err != nil {
		return tx.fail(err)
	}
	for n := range had {
		tx.Delete(partKey(k, n))
	}
	return tx.Delete(k)
}

// GetLong is Get for what PutLong wrote.
func (tx *Tx) GetLong(k Key, v any) (bool, error) {
	var l long
	if ok, err := tx.Get(k, &l.doc); !ok || err != nil {
		return false, err
	}
	l.parts = make([]string, partsOf(l.doc))
	for n := range l.parts {
		if ok, err := tx.Get(partKey(k, n), &l.parts[n]); err != nil {
			return false, err
		} else if !ok {
			return false, tx.fail(l.missing(n))
		}
	}
	return true, tx.fail(l.decode(v))
}

// GetLong is Get for what PutLong wrote. The view must have the parts.
func (v View) GetLong(k Key, into any) (bool, error) {
	var l long
	if ok, err := v.Get(k, &l.doc); !ok || err != nil {
		return false, err
	}
	l.parts = make([]string, partsOf(l.doc))
	for n := range l.parts {
		if ok, err := v.Get(partKey(k, n), &l.parts[n]); err != nil {
			return false, err
		} else if !ok {
			return false, l.missing(n)
		}
	}
	return true, l.decode(into)
}

// long is a document as it was read: the record under the key, and the parts.
type long struct {
	doc   json.RawMessage
	parts []string
}

func (l long) decode(v any) error {
	doc := []byte(l.doc)
	if len(l.parts) > 0 {
		doc = []byte(strings.Join(l.parts, ""))
	}
	if err := json.Unmarshal(doc, v); err != nil {
		return asFault(&unusable{err})
	}
	return nil
}

func (l long) missing(n int) error {
	return asFault(&unusable{fmt.Errorf("part %d of %d is missing", n, len(l.parts))})
}

// parts is the number of parts under a key, 0 for a document in one record or none.
func (tx *Tx) parts(k Key) (int, error) {
	var doc json.RawMessage
	if ok, err := tx.Get(k, &doc); !ok || err != nil {
		return 0, err
	}
	return partsOf(doc), nil
}

func partsOf(doc json.RawMessage) int {
	number, ok := bytes.CutPrefix(doc, []byte(longMark))
	if !ok {
		return 0
	}
	n, _ := strconv.Atoi(string(bytes.TrimSuffix(number, []byte("}"))))
	return n
}
