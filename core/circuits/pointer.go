package circuits

import (
	"time"

	"tracedge/core/accounts"
	"tracedge/core/storage"
)

// Pointers are rows in other partitions that say where to look. They give no right, and a reader skips what the circuit
// does not confirm. Each has a stamp that grows with the commits of its circuit, and a removal leaves its stamp behind
// for as long as a row can be late: so whatever the order of delivery, the newest word counts.

// membership is the record user/<id>/circuit/<time>-<circuit id>: the user is a member.
type membership struct {
	CircuitID string    `json:"circuit_id"`
	CreatedAt time.Time `json:"created_at"` // of the circuit
	Owned     bool      `json:"owned"`
	Stamp     int64     `json:"stamp"`
}

// listing is the record public/circuits/circuit/<time>-<circuit id>: the circuit is active and public.
type listing struct {
	CircuitID string     `json:"circuit_id"`
	CreatedAt time.Time  `json:"created_at"`
	Scheduled *time.Time `json:"scheduled_date,omitempty"` // not listed before
	Stamp     int64      `json:"stamp"`
}

// counted is the record user/<id>/owned/<circuit id>: the circuit counts against the limit of its owner.
type counted struct {
	Stamp int64 `json:"stamp"`
}

// publication is the record item/<dfid>/published/<circuit id>: the circuit publishes the item.
type publication struct {
	CircuitID string `json:"circuit_id"`
	Stamp     int64  `json:"stamp"`
}

func listings() storage.Partition { return storage.In("public", "circuits") }

// place is the end of the key of a pointer in a list of circuits, in order of their creation.
func place(createdAt time.Time, circuitID string) string { return storage.TimeID(createdAt, circuitID) }

func pointerKey(p storage.Partition, place string) storage.Key { return p.Key("circuit", place) }
func pointers(p storage.Partition) storage.Key                 { return p.Prefix("circuit") }
func goneKey(p storage.Partition, circuitID string) storage.Key {
	return p.Key("circuit-gone", circuitID)
}
func ownedKey(p storage.Partition, circuitID string) storage.Key { return p.Key("owned", circuitID) }
func owneds(p storage.Partition) storage.Key                     { return p.Prefix("owned") }
func unownedKey(p storage.Partition, circuitID string) storage.Key {
	return p.Key("owned-gone", circuitID)
}

func publicationKey(p storage.Partition, circuitID string) storage.Key {
	return p.Key("published", circuitID)
}

func unpublishedKey(p storage.Partition, circuitID string) storage.Key {
	return p.Key("published-gone", circuitID)
}

// stamped is what every pointer and every removal has.
type stamped struct {
	Stamp int64 `json:"stamp"`
}

// lateness is how long a removal is remembered: longer than any row is on its way.
const lateness = 30 * 24 * time.Hour

// point puts a pointer unless there is newer word of it.
func point(tx *storage.Tx, k, gone storage.Key, stamp int64, row any) error {
	for _, other := range []storage.Key{k, gone} {
		var had stamped
		if ok, err := tx.Get(other, &had); err != nil {
			return err
		} else if ok && had.Stamp >= stamp {
			return nil
		}
	}
	tx.Delete(gone)
	return tx.Put(k, row)
}

// unpoint removes a pointer unless there is newer word of it.
func unpoint(tx *storage.Tx, k, gone storage.Key, stamp int64, at time.Time) error {
	for _, other := range []storage.Key{k, gone} {
		var had stamped
		if ok, err := tx.Get(other, &had); err != nil {
			return err
		} else if ok && had.Stamp > stamp {
			return nil
		}
	}
	tx.Delete(k)
	return tx.Put(gone, stamped{stamp}, storage.Expires(at.Add(lateness)))
}

// handle registers what becomes of the rows that bring pointers.
func handle(s *storage.Store) {
	s.Handle("circuits_put_membership", storage.Handler{Apply: putMembership})
	s.Handle("circuits_drop_membership", storage.Handler{Apply: dropMembership})
	s.Handle("circuits_settle_ownership", storage.Handler{Claims: true, Apply: settleOwnership})
	s.Handle("circuits_release_ownership", storage.Handler{Apply: releaseOwnership})
	s.Handle("circuits_put_listing", storage.Handler{Apply: putListing})
	s.Handle("circuits_drop_listing", storage.Handler{Apply: dropListing})
}

func putMembership(tx *storage.Tx, r storage.Row) error {
	var m membership
	if err := r.Decode(&m); err != nil {
		return err
	}
	return m.put(tx)
}

func (m membership) put(tx *storage.Tx) error {
	p := tx.Partition()
	return point(tx, pointerKey(p, place(m.CreatedAt, m.CircuitID)), goneKey(p, m.CircuitID), m.Stamp, m)
}

func dropMembership(tx *storage.Tx, r storage.Row) error {
	var m membership
	if err := r.Decode(&m); err != nil {
		return err
	}
	p := tx.Partition()
	return unpoint(tx, pointerKey(p, place(m.CreatedAt, m.CircuitID)), goneKey(p, m.CircuitID), m.Stamp, r.Created)
}

// settleOwnership ends a reservation: the circuit is its owner's and counts.
func settleOwnership(tx *storage.Tx, r storage.Row) error {
	var m membership
	if err := r.Decode(&m); err != nil {
		return err
	}
	if err := tx.Spend(ownershipClaim(m.CircuitID), r.Op); err != nil {
		return err
	}
	p := tx.Partition()
	if err := point(tx, ownedKey(p, m.CircuitID), unownedKey(p, m.CircuitID), m.Stamp, counted{m.Stamp}); err != nil {
		return err
	}
	return m.put(tx)
}

// releaseOwnership has a circuit not count any more.
func releaseOwnership(tx *storage.Tx, r storage.Row) error {
	var m membership
	if err := r.Decode(&m); err != nil {
		return err
	}
	p := tx.Partition()
	return unpoint(tx, ownedKey(p, m.CircuitID), unownedKey(p, m.CircuitID), m.Stamp, r.Created)
}

func putListing(tx *storage.Tx, r storage.Row) error {
	var l listing
	if err := r.Decode(&l); err != nil {
		return err
	}
	p := tx.Partition()
	return point(tx, pointerKey(p, place(l.CreatedAt, l.CircuitID)), goneKey(p, l.CircuitID), l.Stamp, l)
}

func dropListing(tx *storage.Tx, r storage.Row) error {
	var l listing
	if err := r.Decode(&l); err != nil {
		return err
	}
	p := tx.Partition()
	return unpoint(tx, pointerKey(p, place(l.CreatedAt, l.CircuitID)), goneKey(p, l.CircuitID), l.Stamp, r.Created)
}

// pointer is the membership row that a draft sends.
func (d *draft) pointer() membership {
	return membership{CircuitID: d.id, CreatedAt: d.Head.CreatedAt, Stamp: d.stamp()}
}

func (d *draft) putMembership(userID string) error {
	return d.tx.Send("circuits_put_membership", accounts.Partition(userID), d.pointer(), storage.Now())
}

func (d *draft) dropMembership(userID string) error {
	return d.tx.Send("circuits_drop_membership", accounts.Partition(userID), d.pointer(), storage.Now())
}

// relist sends what has become of the circuit's place among the public ones: from is how it stood before the change.
func (d *draft) relist(from *listing) error {
	to := d.listing()
	switch {
	case to == nil && from == nil, to != nil && from != nil && sameTime(to.Scheduled, from.Scheduled):
		return nil
	case to == nil:
		from.Stamp = d.stamp()
		return d.tx.Send("circuits_drop_listing", listings(), from, storage.Now())
	}
	to.Stamp = d.stamp()
	return d.tx.Send("circuits_put_listing", listings(), to, storage.Now())
}

// listing is the row that the circuit should have, nil for none.
func (d *draft) listing() *listing { return listingOf(d.Head, d.Settings) }

func listingOf(h *Head, s *Settings) *listing {
	if h.Status != Active || !h.Permissions.Public {
		return nil
	}
	l := &listing{CircuitID: h.ID, CreatedAt: h.CreatedAt}
	if s != nil && s.Mode == Scheduled {
		l.Scheduled = s.ScheduledDate
	}
	return l
}

func sameTime(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

// putHead writes the head as the draft has changed it, and notes when the circuit was first open to everybody.
func (d *draft) putHead() error {
	h := d.Head
	if h.PublicSince == nil && open(h, d.Settings, d.now()) && (d.Settings == nil || d.Settings.Mode == Public) {
		since := d.now()
		h.PublicSince = &since
	}
	h.ModifiedAt = d.now()
	if d.state != nil {
		d.state.head, d.state.settings = *h, d.Settings
	}
	return d.tx.Put(headKey(d.p), h)
}
