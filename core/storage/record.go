package storage

import (
	"encoding/json"
	"time"

	"tracedge/core/storage/wire"
)

// Record is a stored document with its version.
type Record struct {
	Key     Key
	Version int64 // grows with each commit of its partition; Unix milliseconds of the commit or a little more
	Expires time.Time
	doc     string
	opener  Sealer
}

// Decode reads the document into v. A document that does not fit is database_error: the program wrote it.
func (r Record) Decode(v any) error {
	doc, err := open(r.opener, r.Key, r.doc)
	if err == nil {
		err = json.Unmarshal([]byte(doc), v)
	}
	if err != nil {
		return asFault(&unusable{err})
	}
	return nil
}

// Committed is when the record was written.
func (r Record) Committed() time.Time { return time.UnixMilli(r.Version).UTC() }

// Snapshot is records of one moment of a partition, or of the edge as it stood when it was asked.
type Snapshot struct {
	records []Record
	places  map[Key]int // nil for a few records, which are found without
}

// few is how many records are looked through for a key.
const few = 8

// Get decodes the record under k into v and reports whether there is one.
func (s Snapshot) Get(k Key, v any) (bool, error) {
	r, ok := s.Record(k)
	if !ok {
		return false, nil
	}
	return true, r.Decode(v)
}

// Record returns the record under k.
func (s Snapshot) Record(k Key) (Record, bool) {
	if s.places != nil {
		i, ok := s.places[k]
		if !ok {
			return Record{}, false
		}
		return s.records[i], true
	}
	for i := range s.records {
		if s.records[i].Key == k {
			return s.records[i], true
		}
	}
	return Record{}, false
}

func (s *Store) record(w wire.Record) Record {
	r := Record{Key: Key(w.Key), Version: w.Version, doc: w.Doc, opener: s.sealer}
	if w.Expires != 0 {
		r.Expires = time.UnixMilli(w.Expires).UTC()
	}
	return r
}

func (s *Store) records(ws []wire.Record) []Record {
	rs := make([]Record, len(ws))
	for i, w := range ws {
		rs[i] = s.record(w)
	}
	return rs
}

func (s *Store) snapshot(ws []wire.Record) Snapshot {
	shot := Snapshot{records: s.records(ws)}
	if len(ws) > few {
		shot.places = make(map[Key]int, len(ws))
		for i, r := range shot.records {
			shot.places[r.Key] = i
		}
	}
	return shot
}

// Page asks for part of a scan.
type Page struct {
	After   Key // exclusive; "" is the beginning
	Limit   int // 1 to 1000
	Reverse bool
}

// Listing is a page of a scan. Next is the After of the next page, "" when there is none.
type Listing struct {
	Records []Record
	Next    Key
}
