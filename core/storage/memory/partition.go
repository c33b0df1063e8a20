package memory

import (
	"encoding/binary"
	"sync"

	"tracedge/core/storage/memory/ordered"
	"tracedge/core/storage/wire"
)

// partition is the state of one sequencer object. Its methods expect mu to be held: for reading by read and its parts,
// else for writing.
type partition struct {
	mu      sync.RWMutex
	last    int64 // version of the newest commit, 0 before the first
	records *ordered.Map[wire.Record]
	expiry  *ordered.Map[string] // keys of records that expire, by moment
	shown   map[string]string    // by edge key, the key of the record replicated to it
	dirty   []string             // edge keys that may lag, in order of first appearance
	lagging map[string]struct{}
	log     tokenLog
}

func newPartition() *partition {
	return &partition{
		records: ordered.New[wire.Record](),
		expiry:  ordered.New[string](),
		shown:   make(map[string]string),
		lagging: make(map[string]struct{}),
		log:     tokenLog{replies: make(map[string]wire.CommitReply)},
	}
}

// live tells whether r is there at the time now; a record without expiry always is.
func live(r wire.Record, now int64) bool { return r.Expires == 0 || now < r.Expires }

// get returns the record under key, expired ones excepted.
func (p *partition) get(key string, now int64) (wire.Record, bool) {
	r, ok := p.records.Get(key)
	return r, ok && live(r, now)
}

// put replaces the record under r.Key.
func (p *partition) put(r wire.Record) {
	p.remove(r.Key)
	p.records.Set(r.Key, r)
	if r.Expires != 0 {
		p.expiry.Set(moment(r.Expires, r.Key), r.Key)
	}
	if r.EdgeKey != "" {
		p.shown[r.EdgeKey] = r.Key
		p.touch(r.EdgeKey)
	}
}

// remove drops the record under key if there is one, expired or not.
func (p *partition) remove(key string) {
	r, ok := p.records.Get(key)
	if !ok {
		return
	}
	p.records.Delete(key)
	if r.Expires != 0 {
		p.expiry.Delete(moment(r.Expires, key))
	}
	// An edge key that went over to another record stays with that one.
	if r.EdgeKey != "" && p.shown[r.EdgeKey] == key {
		delete(p.shown, r.EdgeKey)
		p.touch(r.EdgeKey)
	}
}

// purge drops what has expired.
func (p *partition) purge(now int64) {
	for p.expiry.Len() > 0 {
		first := p.expiry.First()
		if first >= moment(now+1, "") {
			return
		}
		key, _ := p.expiry.Get(first)
		p.remove(key)
	}
}

// moment is a table key that sorts by time.
func moment(ms int64, key string) string {
	return string(binary.BigEndian.AppendUint64(nil, uint64(ms))) + key
}

func (p *partition) touch(edgeKey string) {
	if _, ok := p.lagging[edgeKey]; !ok {
		p.lagging[edgeKey] = struct{}{}
		p.dirty = append(p.dirty, edgeKey)
	}
}

// drain returns what the edge has to be told to be up to date, one change for each edge key.
func (p *partition) drain(now int64) []change {
	if len(p.dirty) == 0 {
		return nil
	}
	changes := make([]change, 0, len(p.dirty))
	for _, edgeKey := range p.dirty {
		c := change{key: edgeKey}
		if key, ok := p.shown[edgeKey]; ok {
			c.record, c.put = p.get(key, now)
		}
		changes = append(changes, c)
	}
	p.dirty = nil
	clear(p.lagging)
	return changes
}
