package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tracedge/core/plainjson"
	"tracedge/core/storage/wire"
)

// Tx is what the function of an update works on: reads of one partition that the commit will verify, and writes that it
// will apply, all or nothing. It is valid only inside the function. Errors of its methods may be ignored there: the
// update fails with the first of them.
type Tx struct {
	ctx       context.Context
	store     *Store
	partition Partition
	id        string
	now       time.Time // when the attempt began

	known  map[Key]known // records that were read, or assumed absent
	asked  []Key         // their keys in order, so that the same run makes the same request
	scans  []scanned     // ranges that were read
	seen   []observed    // ranges that were looked at without being verified
	puts   map[Key]*pending
	order  []*pending // in order of first writing
	adds   []addition
	rows   []Row
	mark   bool // leaves work for the sweep
	reads  int  // calls of the sequencer
	guess  bool // something was assumed and not read
	broken error
}

type known struct {
	record Record
	exists bool
}

type scanned struct {
	ask   wire.Scan
	reply wire.ScanReply
}

// find looks a key up in a range that was read whole; the commit verifies the range, so it verifies this too.
func (s scanned) find(store *Store, k Key) (known, bool) {
	if s.reply.More || s.ask.After != "" || !strings.HasPrefix(string(k), s.ask.Prefix) {
		return known{}, false
	}
	for _, r := range s.reply.Records {
		if r.Key == string(k) {
			return known{store.record(r), true}, true
		}
	}
	return known{}, true
}

type pending struct {
	key     Key
	doc     string
	put     put
	deleted bool
}

type addition struct {
	wire wire.Add
	into *int64
}

// ID identifies the update over all its attempts: a random UUID, or the id of its operation.
func (tx *Tx) ID() string { return tx.id }

// Now is when this run of the function began, for the handlers of rows and of lapsed claims; a request brings its own time.
func (tx *Tx) Now() time.Time { return tx.now }

// Partition is what the update changes.
func (tx *Tx) Partition() Partition { return tx.partition }

// Get decodes the record under k into v and reports whether there is one. It sees what this update has written.
func (tx *Tx) Get(k Key, v any) (bool, error) {
	if w, ok := tx.puts[k]; ok {
		if w.deleted {
			return false, nil
		}
		return true, tx.fail(json.Unmarshal([]byte(w.doc), v))
	}
	got, err := tx.lookup(k)
	if err != nil || !got.exists {
		return false, err
	}
	return true, tx.fail(got.record.Decode(v))
}

// Exists reports whether there is a record under k.
func (tx *Tx) Exists(k Key) (bool, error) {
	if w, ok := tx.puts[k]; ok {
		return !w.deleted, nil
	}
	got, err := tx.lookup(k)
	return got.exists, err
}

// Fetch reads records that the function is about to get, in one call instead of one for each.
func (tx *Tx) Fetch(keys ...Key) error {
	var missing []Key
	for _, k := range keys {
		_, read := tx.known[k]
		_, written := tx.puts[k]
		if !read && !written && !slices.Contains(missing, k) {
			missing = append(missing, k)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return tx.fetch(missing, nil)
}

func (tx *Tx) lookup(k Key) (known, error) {
	if got, ok := tx.known[k]; ok {
		return got, nil
	}
	for _, s := range tx.scans {
		if got, covered := s.find(tx.store, k); covered {
			return got, nil
		}
	}
	for _, o := range tx.seen {
		if got, covered := o.find(k); covered {
			tx.learn(k, got) // from now on the commit verifies it
			return got, nil
		}
	}
	if err := tx.fetch([]Key{k}, nil); err != nil {
		return known{}, err
	}
	return tx.known[k], nil
}

// Scan returns a page of the records under a prefix; a record that appears in it, changes or goes before the commit is a
// conflict. It does not see what this update has written, so it comes before writes below the prefix.
func (tx *Tx) Scan(prefix Key, page Page) (Listing, error) {
	ask := Span{prefix, page}.ask()
	for _, s := range tx.scans {
		if s.ask == ask {
			return tx.store.listing(s.reply), nil
		}
	}
	if err := tx.fetch(nil, []wire.Scan{ask}); err != nil {
		return Listing{}, err
	}
	return tx.store.listing(tx.scans[len(tx.scans)-1].reply), nil
}

// fetch reads from the sequencer and remembers what it got.
func (tx *Tx) fetch(keys []Key, scans []wire.Scan) error {
	tx.reads++
	reply, _, err := tx.store.read(tx.ctx, wire.ReadRequest{Partition: tx.partition.name, Keys: names(keys), Scans: scans})
	if err != nil {
		return tx.fail(err)
	}
	tx.take(keys, scans, reply)
	return nil
}

// take remembers what was read.
func (tx *Tx) take(keys []Key, scans []wire.Scan, reply wire.ReadReply) {
	for _, k := range keys {
		tx.learn(k, known{})
	}
	for _, r := range reply.Records {
		tx.learn(Key(r.Key), known{tx.store.record(r), true})
	}
	for i, ask := range scans {
		tx.scans = append(tx.scans, scanned{ask, reply.Scans[i]})
	}
}

func (tx *Tx) learn(k Key, got known) {
	if _, ok := tx.known[k]; !ok {
		tx.asked = append(tx.asked, k)
	}
	tx.known[k] = got
}

// Put writes a record: the JSON of v.
func (tx *Tx) Put(k Key, v any, opts ...PutOption) error {
	doc, err := plainjson.Marshal(v)
	if err != nil {
		return tx.fail(err)
	}
	if len(doc) > wire.MaxDoc {
		return tx.fail(fmt.Errorf("storage: document of %d bytes", len(doc)))
	}
	w := pending{key: k, doc: string(doc)}
	for _, o := range opts {
		o(&w.put)
	}
	return tx.write(w)
}

// Delete removes a record; an absent one is no error.
func (tx *Tx) Delete(k Key) error { return tx.write(pending{key: k, deleted: true}) }

func (tx *Tx) write(w pending) error {
	if err := w.key.valid(); err != nil {
		return tx.fail(err)
	}
	if !tx.partition.owns(w.key) {
		return tx.fail(errors.New("storage: write outside the partition"))
	}
	if old, ok := tx.puts[w.key]; ok {
		*old = w
		return nil
	}
	tx.puts[w.key] = &w
	tx.order = append(tx.order, &w)
	return nil
}

// MaxNumber is the largest magnitude of a number that Add keeps, 2^53-1: what every back end holds exactly.
const MaxNumber = wire.MaxNumber

// Bounds of an addition; nil is none but +-MaxNumber.
type Bounds struct{ Min, Max *int64 }

// Add changes the number under k by n, decided by the sequencer: writers that only add do not conflict. An absent
// number is 0. A sum outside the bounds fails the update with a *BoundError. After the update *into, if given, is the
// new value.
func (tx *Tx) Add(k Key, n int64, b Bounds, into *int64, opts ...PutOption) error {
	if !tx.partition.owns(k) {
		return tx.fail(errors.New("storage: write outside the partition"))
	}
	var p put
	for _, o := range opts {
		o(&p)
	}
	a := wire.Add{Key: string(k), N: n, Min: b.Min, Max: b.Max, EdgeKey: p.edgeKey(k), Expires: p.expiry()}
	tx.adds = append(tx.adds, addition{a, into})
	return nil
}

// fail keeps the first error, which ends the update.
func (tx *Tx) fail(err error) error {
	if err != nil && tx.broken == nil {
		tx.broken = err
	}
	return err
}

func (p put) edgeKey(k Key) string {
	if p.own {
		return string(k)
	}
	return string(p.edge)
}

func (p put) expiry() int64 {
	if p.expires.IsZero() {
		return 0
	}
	return p.expires.UnixMilli()
}
