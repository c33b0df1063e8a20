package storage

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"tracedge/core/fault"
	"tracedge/core/storage/wire"
	"tracedge/core/trace"
)

// Claim is the record of a unique value in the value's own partition, under claim/<name>. While an operation is on its
// way it is a reservation: the operation's home says what becomes of it. Held, it is the value's owner.
type Claim struct {
	Name    string          `json:"name"`
	Op      string          `json:"op"`
	Home    string          `json:"home"` // partition where the operation decides
	Expires time.Time       `json:"expires"`
	Held    bool            `json:"held"`
	Value   json.RawMessage `json:"value"` // what the operation's package knows the owner by
}

// ClaimKey is where a partition keeps the claim of a name.
func ClaimKey(p Partition, name string) Key { return p.Key(claimArea, name) }

// reservation is how long a reservation is live, counted from when it is made.
const reservation = time.Minute

// Claims returns the claims of a page of this partition's claims, see ClaimKey.
func (tx *Tx) Claims(span Span) ([]Claim, error) {
	page, err := tx.Scan(span.Prefix, span.Page)
	if err != nil {
		return nil, err
	}
	out := make([]Claim, len(page.Records))
	for n, r := range page.Records {
		if err := r.Decode(&out[n]); err != nil {
			return nil, tx.fail(err)
		}
	}
	return out, nil
}

// Hold makes the reservation of an operation the owner of the value. It is called by the handler of the row that the
// operation's deciding commit sent to the claim's partition, before other writes there.
func (tx *Tx) Hold(name, op string) error {
	left, err := tx.workload()
	if err != nil {
		return err
	}
	k := ClaimKey(tx.partition, name)
	var c Claim
	ok, err := tx.Get(k, &c)
	switch {
	case err != nil:
		return err
	case !ok || c.Op != op:
		return tx.fail(&refusal{"a decided operation does not have its claim"})
	case c.Held:
		return nil
	}
	c.Held = true
	delete(left.reserved, name)
	if err := tx.Put(k, c); err != nil {
		return err
	}
	return tx.remark(left)
}

// Spend takes the reservation of an operation away after its decision, for claims that stand only until then. It is
// called by the handler of the row that the deciding commit sent to the claim's partition, before other writes there. A
// reservation that is gone is no error.
func (tx *Tx) Spend(name, op string) error {
	left, err := tx.workload()
	if err != nil {
		return err
	}
	if c, ok := left.reserved[name]; !ok || c.Op != op {
		return nil
	}
	delete(left.reserved, name)
	if err := tx.Delete(ClaimKey(tx.partition, name)); err != nil {
		return err
	}
	return tx.remark(left)
}

// Resolve finds out what became of a reservation that a reader or another operation has met, and moves it to its end as
// far as it can: the home's rows are delivered if it has decided; if it has not and the reservation is expired, a fence
// at the home keeps it from ever deciding and the reservation is taken away. It reports false while the operation is
// still on its way. Where the operation has decided and its row does not get here the error is ErrUndelivered: what it
// has changed is so, and must not be taken for absent.
func (s *Store) Resolve(ctx context.Context, p Partition, c Claim) (bool, error) {
	home, err := ParsePartition(c.Home)
	if err != nil {
		return false, asFault(&unusable{err})
	}
	state, err := s.inquire(ctx, home, c.Op)
	if err != nil {
		return false, err
	}
	if !state.decided && !state.fenced {
		if s.Now().Before(c.Expires) {
			return false, nil
		}
		if state.decided, err = s.fence(ctx, home, c.Op); err != nil {
			return false, err
		}
		if state.decided { // it made it at the last moment: look again at what it left
			if state, err = s.inquire(ctx, home, c.Op); err != nil {
				return false, err
			}
		}
	}
	if state.decided {
		done, err := s.finish(ctx, home, state)
		if err != nil {
			return false, err
		}
		for _, o := range done {
			if !o.done && o.row.Target == p.name {
				return false, undelivered()
			}
		}
	}
	return true, s.release(ctx, "claims_release_reservation", p, c.Name, c.Op)
}

// ErrUndelivered is in the chain of the error of a reservation that is decided and cannot be moved to its end now.
var ErrUndelivered = errors.New("storage: the row of a decided operation cannot be delivered")

func undelivered() error {
	return fault.Unavailable(fault.DatabaseTimeout, "Storage gave no answer in time, try again").Because(ErrUndelivered)
}

// finish delivers what an operation has left for other partitions.
func (s *Store) finish(ctx context.Context, home Partition, state opState) ([]outcome, error) {
	ours, _ := split(state.rows, func(r Row) bool { return r.Target != "" })
	done := s.deliver(ctx, home, ours)
	return done, s.settle(ctx, home, done)
}

// Finish goes on with an operation that another run of the same request has decided: it delivers what that has left for
// other partitions.
func (o *Operation) Finish(ctx context.Context) error {
	state, err := o.store.inquire(ctx, o.Home, o.ID)
	if err != nil || len(state.rows) == 0 {
		return err
	}
	_, err = o.store.finish(ctx, o.Home, state)
	return err
}

// opState is what an operation's home knows of it.
type opState struct {
	decided bool
	fenced  bool
	rows    []Row // not yet delivered
}

// inquire asks an operation's home for it, in one call. Rows that are left prove the decision as well as the op record,
// which is kept for a while only.
func (s *Store) inquire(ctx context.Context, home Partition, op string) (opState, error) {
	end, err := s.traced(ctx, "claims_read_operation", trace.Read, home.Kind())
	if err != nil {
		return opState{}, err
	}
	applied, fenced := home.Key(opArea, op), home.Key(fenceArea, op)
	reply, attempts, err := s.read(ctx, wire.ReadRequest{
		Partition: home.name,
		Keys:      names([]Key{applied, fenced}),
		Scans:     []wire.Scan{{Prefix: string(home.Prefix(outboxArea, op)), Limit: maxWorkload}},
	})
	if err = end(attempts, err); err != nil {
		return opState{}, err
	}
	var state opState
	for _, w := range reply.Scans[0].Records {
		var r Row
		if err := s.record(w).Decode(&r); err != nil {
			return state, err
		}
		state.rows = append(state.rows, r)
	}
	found := s.snapshot(reply.Records)
	_, done := found.Record(applied)
	_, state.fenced = found.Record(fenced)
	state.decided = done || len(state.rows) > 0
	return state, nil
}

// fence keeps an operation from deciding at its home; it reports true when it has decided already.
func (s *Store) fence(ctx context.Context, home Partition, op string) (decided bool, err error) {
	err = s.Update(ctx, "claims_fence_operation", home, func(tx *Tx) error {
		decided, err = tx.decided(op)
		if decided || err != nil {
			return err
		}
		return tx.Put(home.Key(fenceArea, op), true, Expires(tx.now.Add(opMemory)))
	}, Reading(home.Key(opArea, op)))
	return decided, err
}

// decided reports whether the operation has decided in this partition.
func (tx *Tx) decided(op string) (bool, error) {
	if applied, err := tx.Exists(tx.partition.Key(opArea, op)); applied || err != nil {
		return applied, err
	}
	rows, err := tx.Scan(tx.partition.Prefix(outboxArea, op), Page{Limit: 1})
	return len(rows.Records) > 0, err
}

// HandleLapse registers what else happens in the commit that takes a reservation of a kind away without a decision: the
// way back from what ClaimIf did beside it. The kind is the part of the claim's name before the first "~". fn is part of
// an update.
func (s *Store) HandleLapse(kind string, fn func(*Tx, Claim) error) { s.lapses[kind] = fn }

func (s *Store) lapse(tx *Tx, c Claim) error {
	kind, _, _ := strings.Cut(c.Name, "~")
	if fn := s.lapses[kind]; fn != nil {
		return fn(tx, c)
	}
	return nil
}

// release takes a reservation away if it is still the operation's.
func (s *Store) release(ctx context.Context, op label, p Partition, name, id string) error {
	k := ClaimKey(p, name)
	return s.Update(ctx, op, p, func(tx *Tx) error {
		left, err := tx.workload()
		if err != nil {
			return err
		}
		c, ok := left.reserved[name]
		if !ok || c.Op != id {
			return nil
		}
		delete(left.reserved, name)
		tx.Delete(k)
		if err := s.lapse(tx, c); err != nil {
			return err
		}
		return tx.remark(left)
	}, workloadScans(p))
}
