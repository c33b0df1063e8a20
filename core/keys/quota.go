package keys

import (
	"context"
	"errors"
	"time"

	"tracedge/core/after"
	"tracedge/core/fault"
	"tracedge/core/status"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// Quota is step 6 of the order of checks: the quota of the key, then that of the account, then the charge.
//
//  1. take in apikey/<hash>: the key has not been stopped, its window has room, one admission more
//  2. where the settings enforce it, take in user/<id>: the tier's window has room, one admission more, the charge
//
// The second step decides. When it refuses, the first is taken back; a crash between the two leaves an admission counted
// that nobody was charged for, which leaves the window after an hour. A crash after the second leaves a request that was
// admitted and not answered, and so does a second step of which nobody knows whether it was made: it stays counted.
//
// Errors: 401 for a key that was stopped meanwhile; 429; 402; 500 rate_limit_error; those of the store.
func (s *Service) Quota(c *web.Call) error {
	g, now := s.grant(c), c.Now()
	if g != nil {
		if err := s.take(c.Context(), g, now); err != nil {
			return err
		}
	}
	if err := s.takeAccount(c, now); err != nil {
		if g != nil && !errors.Is(err, storage.ErrUnknownOutcome) {
			s.giveBack(c.Context(), g, now)
		}
		return err
	}
	if g != nil {
		s.follow(c, g, now)
	}
	return nil
}

// take counts a request of a key: one commit, unless the window's latest count has to be renewed.
func (s *Service) take(ctx context.Context, g *Grant, now time.Time) error {
	p := Partition(g.Hash)
	w := window{p}
	if g.broken != nil {
		return unusable(g.broken)
	}
	err := s.admit(ctx, w, g.quota, g.RateLimit, now, func(most int64, renewed *hint) error {
		return s.store.Update(ctx, "keys_take_quota", p, func(tx *storage.Tx) error {
			var stop stopped
			if is, err := tx.Get(stoppedKey(p), &stop); err != nil {
				return err
			} else if is {
				return stop.refusal()
			}
			if renewed != nil {
				tx.Put(w.hint(), renewed, storage.Expires(now.Add(hintMemory)))
			}
			tx.Put(usedKey(p), now)
			return w.add(tx, now, most)
		}, storage.AssumeAbsent(stoppedKey(p)))
	})
	return unusable(err)
}

// maxCounts bounds how often one request counts a window: more than once only when admissions are taken back meanwhile.
const maxCounts = 8

// admit calls try with the bound of the total until the window does not refuse it, or refuses it for good with a 429.
// The bound follows from what the latest count has found, and where that is too old from a new one.
func (s *Service) admit(ctx context.Context, w window, k known, limit int64, now time.Time, try func(most int64, renewed *hint) error) error {
	if k.full(limit, now) {
		return tooMany(limit, now, k.hint.Until)
	}
	var renewed *hint
	if k.total < k.hint.Expired+limit {
		if err := try(k.hint.Expired+limit, nil); !refusedBy(err, w) {
			return err
		}
	}
	for range maxCounts {
		st, err := s.stand(ctx, w, limit, now)
		if err != nil {
			return err
		}
		renewed = &hint{Expired: st.expired}
		if st.full(limit) {
			renewed.Until, renewed.Limit, renewed.Total = st.free, limit, st.total
			s.remember(ctx, w, *renewed, now)
			return tooMany(limit, now, st.free)
		}
		if err := try(st.expired+limit, renewed); !refusedBy(err, w) {
			return err
		}
	}
	return fault.Unavailable(fault.LockTimeout, "The quota is being changed by others, try again")
}

// refusedBy tells whether a try was refused by the window's total.
func refusedBy(err error, w window) bool {
	var bound *storage.BoundError
	return errors.As(err, &bound) && bound.Key == w.total()
}

// remember keeps the finding that a window is full, after the response, so that further requests are refused without a
// count. It is lost with the instance, which costs a count.
func (s *Service) remember(ctx context.Context, w window, h hint, now time.Time) {
	_ = after.Do(ctx, "limits_keep_hint", func(ctx context.Context) error {
		return s.store.Update(ctx, "limits_keep_hint", w.partition, func(tx *storage.Tx) error {
			return tx.Put(w.hint(), h, storage.Expires(now.Add(hintMemory)))
		})
	})
}

// giveBack takes back what take has counted. When it fails the admission stays for an hour; the failure is in the
// records.
func (s *Service) giveBack(ctx context.Context, g *Grant, at time.Time) {
	p := Partition(g.Hash)
	_ = s.store.Update(context.WithoutCancel(ctx), "keys_return_quota", p, func(tx *storage.Tx) error {
		if gone, err := isDeleted(tx, p); gone || err != nil {
			return err
		}
		return window{p}.remove(tx, at)
	}, storage.AssumeAbsent(stoppedKey(p)))
}

// isDeleted tells whether the key of a partition was deleted, where the rule is that nothing has stopped it.
func isDeleted(tx *storage.Tx, p storage.Partition) (bool, error) {
	var stop stopped
	is, err := tx.Get(stoppedKey(p), &stop)
	return is && stop.Reason == deleted, err
}

func tooMany(limit int64, now, reset time.Time) error {
	return fault.TooMany("The hourly limit of requests is used up", int(limit), now, reset)
}

// unusable gives a failure of the quota's own records its code. Every other error passes.
func unusable(err error) error {
	if err == nil || fault.From(err).Status != status.InternalServerError {
		return err
	}
	return fault.New(fault.DatabaseError, status.InternalServerError, "The quota cannot be determined").
		WithCode("rate_limit_error").Because(err)
}
