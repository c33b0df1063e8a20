package storage

import (
	"context"
	"errors"
	"time"

	"tracedge/core/plainjson"
)

// Operation is one change that needs more than one partition.
//
// It claims unique values in their partitions, decides in one commit at its home, and what must follow elsewhere are
// rows which that commit stores. A crash before the decision leaves nothing but reservations, which lapse; a crash after
// it leaves rows, which the sweep delivers. Whoever meets a reservation asks its home, so a name is never blocked for
// longer than a reservation lives and never has two owners: the operation that was too slow finds a fence and cannot
// decide.
type Operation struct {
	ID   string
	Home Partition

	// Repeated says after Decide that the decision had been made before, by another run of the same request: the function
	// has not run, and what it would have answered is not known here.
	Repeated bool

	store   *Store
	claims  []claimed
	locks   []claimed
	unknown bool // the decision may have been made
}

type claimed struct {
	partition Partition
	name      string
}

// ErrFenced is in the chain of Decide's error when the operation was too slow and lost its claims. It may start again.
var ErrFenced = errors.New("storage: operation is fenced")

// HeldError tells that a value has an owner.
type HeldError struct{ Claim Claim }

func (e *HeldError) Error() string { return "storage: claimed by another" }

// opMemory is how long a home remembers operations and fences: far longer than any request lives.
const opMemory = 7 * 24 * time.Hour

// Begin starts an operation that will decide at home.
func (s *Store) Begin(home Partition) *Operation { return s.BeginAs(home, s.NewID()) }

// BeginAs is Begin under an id that the caller has drawn, a UUID: another run of the same request continues the operation
// instead of starting a second one.
func (s *Store) BeginAs(home Partition, id string) *Operation {
	return &Operation{ID: id, Home: home, store: s}
}

// Claim reserves a name in a partition for a minute. When another operation has a live reservation it waits for what
// becomes of it, up to two seconds, then the error is storage_lock_timeout; a name that is held gives a *HeldError.
// Claims are taken in one order everywhere, so that operations never wait for each other in a circle.
func (o *Operation) Claim(ctx context.Context, op label, p Partition, name string, value any) error {
	return o.ClaimIf(ctx, op, p, name, value, nil)
}

// ClaimIf is Claim under a condition that the same commit tests: an error of the test ends it and nothing is claimed. The
// test is part of an update, and is not run where the operation has the claim already.
func (o *Operation) ClaimIf(ctx context.Context, op label, p Partition, name string, value any, test func(*Tx) error, opts ...UpdateOption) error {
	doc, err := plainjson.Marshal(value)
	if err != nil {
		return err
	}
	s, k := o.store, ClaimKey(p, name)
	until := s.Now().Add(lockBudget)
	for attempt := 1; ; attempt++ {
		var met *Claim
		mine := Claim{
			Name: name, Op: o.ID, Home: o.Home.name, Value: doc,
			Expires: s.Now().Add(reservation),
		}
		err := s.Update(ctx, op, p, func(tx *Tx) error {
			met = nil
			var c Claim
			if ok, err := tx.Get(k, &c); err != nil {
				return err
			} else if ok && c.Op != o.ID {
				met = &c
				return nil
			} else if !ok && test != nil {
				if err := test(tx); err != nil {
					return err
				}
			}
			tx.mark = true
			return tx.Put(k, mine)
		}, append(opts, AssumeAbsent(k))...)
		switch {
		case errors.Is(err, ErrUnknownOutcome):
			o.claims = append(o.claims, claimed{p, name}) // it may be there: release it with the others
			return err
		case err != nil:
			return err
		case met == nil:
			o.claims = append(o.claims, claimed{p, name})
			return nil
		case met.Held:
			return &HeldError{*met}
		}
		if err := s.await(ctx, p, *met, until, attempt); err != nil {
			return err
		}
	}
}

// Lock is a claim that no row comes to hold: it keeps others from a name while the operation is on its way. Release gives
// it back, after the decision too; where that fails, whoever meets it asks the home, and the sweep does.
func (o *Operation) Lock(ctx context.Context, op label, p Partition, name string) error {
	n := len(o.claims)
	err := o.Claim(ctx, op, p, name, nil)
	o.locks, o.claims = append(o.locks, o.claims[n:]...), o.claims[:n]
	return err
}

// Decide is the deciding commit: an update at the operation's home that happens once. A repeat of a decision that was
// made changes nothing, see Repeated. A function that writes nothing decides nothing. After either the claims may be
// released. ErrFenced in the chain means that the claims are lost and nothing was written.
func (o *Operation) Decide(ctx context.Context, op label, fn func(*Tx) error, opts ...UpdateOption) error {
	applied, fenced := o.Home.Key(opArea, o.ID), o.Home.Key(fenceArea, o.ID)
	wrote := false
	_, err := o.store.update(ctx, op, o.Home, o.ID, func(tx *Tx) error {
		wrote = false
		done, err := tx.Exists(applied)
		if o.Repeated = done; done || err != nil {
			return err
		}
		if late, err := tx.Exists(fenced); err != nil {
			return err
		} else if late {
			return lockTimeout(ErrFenced)
		}
		if err := fn(tx); err != nil {
			return err
		}
		if wrote = len(tx.order)+len(tx.adds)+len(tx.rows) > 0; !wrote {
			return nil
		}
		return tx.Put(applied, true, Expires(tx.now.Add(opMemory)))
	}, append(opts, AssumeAbsent(applied, fenced)))
	o.unknown = errors.Is(err, ErrUnknownOutcome)
	if err == nil && wrote {
		o.claims = nil
	}
	return err
}

// Release gives the claims back after the operation has failed, and the locks however it has ended. Where the outcome is
// unknown they stay until somebody asks the home.
func (o *Operation) Release(ctx context.Context, op label) error {
	if o.unknown {
		return nil
	}
	var errs []error
	for _, c := range append(o.claims, o.locks...) {
		errs = append(errs, o.store.release(ctx, op, c.partition, c.name, o.ID))
	}
	o.claims, o.locks = nil, nil
	return errors.Join(errs...)
}
