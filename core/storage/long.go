package storage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"
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
	doc, err := json.Marshal(v)
	if err != nil {
		return tx.fail(err)
	}
	had, err := longParts(tx, k)
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
	had, err := longParts(tx, k)
	if err != nil {
		return tx.fail(err)
	}
	for n := range had {
		tx.Delete(partKey(k, n))
	}
	return tx.Delete(k)
}

// Source is what records can be got from: a *Tx, a View or a Snapshot.
type Source interface {
	Get(k Key, v any) (bool, error)
}

// GetLong is Get for what PutLong wrote. The parts must be in what it is got from; an update fetches them if need be.
func GetLong(from Source, k Key, v any) (bool, error) {
	var doc json.RawMessage
	if ok, err := from.Get(k, &doc); !ok || err != nil {
		return false, err
	}
	n := partsOf(doc)
	if n > 0 {
		doc = doc[:0:0]
	}
	for i := range n {
		var part string
		ok, err := from.Get(partKey(k, i), &part)
		if err == nil && !ok {
			err = fmt.Errorf("storage: part %d of %d is missing", i, n)
		}
		if err != nil {
			return false, asFault(&unusable{err})
		}
		doc = append(doc, part...)
	}
	if err := json.Unmarshal(doc, v); err != nil {
		return false, asFault(&unusable{err})
	}
	return true, nil
}

// longParts is the number of parts under a key, 0 for a document in one record or none.
func longParts(from Source, k Key) (int, error) {
	var doc json.RawMessage
	if ok, err := from.Get(k, &doc); !ok || err != nil {
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
