package circuits

import (
	"context"
	"errors"
	"time"

	"tracedge/core/accounts"
	"tracedge/core/fault"
	"tracedge/core/status"
	"tracedge/core/storage"
)

// A circuit that is founded or reactivated counts against the limit of its owner, which is another partition. So the
// owner's partition reserves first, then the circuit decides, and a row of that commit settles. In order, each step one
// commit:
//
//  1. claim in user/<owner>: a reservation of a minute. With limits enforced, the circuits that count and the live
//     reservations must stay below the limit
//  2. decide in circuit/<id>
//  3. now: user/<owner> is told: the reservation goes, the circuit is listed and counts
//
// A crash before 2 leaves the reservation of a circuit that does not exist or is not active: it is not shown, and not
// counted beyond its minute. But nobody leaves it out of the count on the clock's word alone: whoever meets an expired
// one first fences the operation in the circuit, so that it can never decide. After 2 the reader of the reservation finds
// the decision and delivers the row. So no circuit exists that its owner cannot list, and none escapes the limit.

const claimPrefix = "circuit-"

func ownershipClaim(circuitID string) string { return claimPrefix + circuitID }

// claims is the range of reservations in an owner's partition. It is no whole part of a key: the claims of others there
// are none of ours.
func claims(p storage.Partition) storage.Key { return storage.ClaimKey(p, claimPrefix) }

// lapsed ends a reservation attempt that has met expired ones, which must be resolved first.
type lapsed struct{ claims []storage.Claim }

func (*lapsed) Error() string { return "circuits: expired reservations" }

// reserve is step 1. A limit of nil is none. Errors: 403 tier_limit_exceeded; the faults of storage.
func (s *Service) reserve(ctx context.Context, op *storage.Operation, owner, circuitID string, createdAt time.Time, limit *int) error {
	p := accounts.Partition(owner)
	value := membership{CircuitID: circuitID, CreatedAt: createdAt, Owned: true}
	for attempt := 1; ; attempt++ {
		err := op.ClaimIf(ctx, "circuits_reserve_ownership", p, ownershipClaim(circuitID), value,
			room(p, circuitID, limit, s.store.Now()), countAhead(p, limit)...)
		var old *lapsed
		switch {
		case !errors.As(err, &old):
			return err
		case attempt > 5: // their homes give no answer that ends them
			return fault.Unavailable(fault.LockTimeout, "Another circuit is being created, try again")
		}
		if err := s.resolve(ctx, p, old.claims); err != nil {
			return err
		}
	}
}

// most bounds how many reservations of one owner are looked at.
const most = 200

func countAhead(p storage.Partition, limit *int) []storage.UpdateOption {
	if limit == nil {
		return nil
	}
	return []storage.UpdateOption{
		storage.Scanning(
			storage.Span{Prefix: owneds(p), Page: storage.Page{Limit: *limit + 1}},
			storage.Span{Prefix: claims(p), Page: storage.Page{Limit: most}},
		),
	}
}

// room is the test of step 1: there is room for one more circuit.
func room(p storage.Partition, circuitID string, limit *int, now time.Time) func(*storage.Tx) error {
	return func(tx *storage.Tx) error {
		if limit == nil {
			return nil
		}
		owned, err := tx.Scan(owneds(p), storage.Page{Limit: *limit + 1})
		if err != nil {
			return err
		}
		reserved, err := tx.Scan(claims(p), storage.Page{Limit: most})
		if err != nil {
			return err
		}
		ids := make(map[string]bool)
		for _, r := range owned.Records {
			ids[string(r.Key[len(owneds(p)):])] = true
		}
		var old lapsed
		for _, r := range reserved.Records {
			var c storage.Claim
			if err := tx.Decode(r, &c); err != nil {
				return err
			}
			if !now.Before(c.Expires) {
				old.claims = append(old.claims, c)
			}
			ids[c.Name[len(claimPrefix):]] = true
		}
		delete(ids, circuitID) // one that is reactivated may not have been taken from the count yet
		switch {
		case len(ids) < *limit:
			return nil
		case len(old.claims) > 0:
			return &old
		default:
			return tooMany(*limit, len(ids))
		}
	}
}

func tooMany(limit, current int) error {
	return fault.New(fault.Auth, status.Forbidden, "Your tier does not allow another active circuit").
		With("code", "tier_limit_exceeded").With("limit_name", "max_circuits").With("limit", limit).With("current", current)
}

// resolve finds out what has become of reservations, and moves those that are decided or expired to their end.
func (s *Service) resolve(ctx context.Context, p storage.Partition, claims []storage.Claim) error {
	for _, c := range claims {
		if _, err := s.store.Resolve(ctx, p, c); err != nil && !errors.Is(err, storage.ErrUndelivered) {
			return err
		}
	}
	return nil
}

// release takes the reservation of an operation that did not decide back.
func (s *Service) release(ctx context.Context, op *storage.Operation) error {
	return op.Release(context.WithoutCancel(ctx), "circuits_release_reservation")
}

// limitOf is how many active circuits an account may own, nil for no limit.
func (s *Service) limitOf(a *accounts.Loaded) *int {
	if !s.config.LimitsEnforced || a == nil {
		return nil
	}
	return a.Tier.Limits().MaxCircuits
}
