// Package userrows brings what a change elsewhere owes an account to the account's own partition: rows of its lists,
// counters, the activity. Whatever one commit owes one account is one outbox row and becomes one commit in user/<id>,
// exactly once.
//
// A resource registers what becomes of its parts while the program is put together, and adds parts to a Change in its
// deciding commit:
//
//	rows.Handle("feed", userrows.Handler{Apply: applyFeedRow})
//	...
//	var change userrows.Change
//	change.Add("feed", row)
//	change.Add(activity.Part(entry))
//	change.Send(tx, userID, storage.Now())
package userrows

import (
	"encoding/json"
	"errors"

	"tracedge/core/accounts"
	"tracedge/core/storage"
)

// Handler says what becomes of the parts of one kind.
type Handler struct {
	// Apply makes the change of a part in the partition of an account. It is part of an update: pure, and done once for
	// each part that was sent. Parts of different commits may arrive in another order than they were sent, so a part that
	// replaces a row says which version of its source it shows.
	Apply func(tx *storage.Tx, part Part) error

	// Reads names the records that Apply reads, as storage.Handler has it; nil when it reads none.
	Reads func(p storage.Partition, part Part) (reading, absent []storage.Key)
}

// Part is what a change owes one kind of row.
type Part struct {
	Kind string          `json:"k"`
	Doc  json.RawMessage `json:"d"`
}

// Decode reads the part into v.
func (p Part) Decode(v any) error { return json.Unmarshal(p.Doc, v) }

// Change collects what one commit owes one account. The zero value is ready. It is made before the update or inside it;
// each run of the function begins with a new one.
type Change struct {
	Parts []Part `json:"parts"`
	err   error
}

// Add adds a part: the JSON of v.
func (c *Change) Add(kind string, v any) {
	doc, err := json.Marshal(v)
	c.err = errors.Join(c.err, err)
	c.Parts = append(c.Parts, Part{kind, doc})
}

// Send stores the change with the commit, to be applied in the account's partition. A change without parts sends
// nothing.
func (c *Change) Send(tx *storage.Tx, userID string, opts ...storage.SendOption) error {
	if c.err != nil || len(c.Parts) == 0 {
		return c.err
	}
	return tx.Send("users_apply_rows", accounts.Partition(userID), c, opts...)
}

// Rows knows what becomes of parts.
type Rows struct{ kinds map[string]Handler }

// New registers the rows with the store.
func New(s *storage.Store) *Rows {
	r := &Rows{make(map[string]Handler)}
	s.Handle("users_apply_rows", storage.Handler{Apply: r.apply, Reads: r.reads})
	return r
}

// Handle registers what becomes of parts of a kind. It is called while the program is put together.
func (r *Rows) Handle(kind string, h Handler) { r.kinds[kind] = h }

func (r *Rows) apply(tx *storage.Tx, row storage.Row) error {
	var c Change
	if err := row.Decode(&c); err != nil {
		return err
	}
	for _, p := range c.Parts {
		h, ok := r.kinds[p.Kind]
		if !ok {
			return errors.New("userrows: no handler for parts of kind " + p.Kind)
		}
		if err := h.Apply(tx, p); err != nil {
			return err
		}
	}
	return nil
}

func (r *Rows) reads(row storage.Row) (reading, absent []storage.Key) {
	var c Change
	home, err := storage.ParsePartition(row.Target)
	if err != nil || row.Decode(&c) != nil {
		return nil, nil // the row fails when it is applied
	}
	for _, p := range c.Parts {
		if h := r.kinds[p.Kind]; h.Reads != nil {
			some, none := h.Reads(home, p)
			reading, absent = append(reading, some...), append(absent, none...)
		}
	}
	return reading, absent
}
