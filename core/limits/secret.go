package limits

import (
	"context"

	"tracedge/core/storage"
)

// Attempts are the failed attempts of an address at one secret, such as the password of a circuit. They are counted
// exactly, in a partition of their own.
type Attempts struct {
	limiter *Limiter
	subject string
	limit   int
}

// AttemptsOf are the attempts of an address at a subject. A limit of 0 is off.
func (l *Limiter) AttemptsOf(subject, address string, limit int) Attempts {
	return Attempts{l, subject + " " + address, limit}
}

// Check refuses who has failed too often. Errors: 429.
func (a Attempts) Check(ctx context.Context) error {
	if a.limit == 0 {
		return nil
	}
	now, p := a.limiter.store.Now(), AddressPartition(a.subject)
	w := WindowOf(now, FailureWindow)
	k := w.Key(p, "failures")
	found, err := a.limiter.store.Read(ctx, "limits_check_attempts", p, k)
	if err != nil {
		return err
	}
	var n int64
	if _, err := found.Get(k, &n); err != nil || n < int64(a.limit) {
		return err
	}
	return TooMany(a.limit, now, w)
}

// Fail counts a failed attempt, before the answer: otherwise guesses could run ahead of it. Of attempts at the same time
// those beyond the limit are refused here. Errors: 429.
func (a Attempts) Fail(ctx context.Context) error {
	if a.limit == 0 {
		return nil
	}
	now, p := a.limiter.store.Now(), AddressPartition(a.subject)
	w := WindowOf(now, FailureWindow)
	err := a.limiter.store.Update(ctx, "limits_count_attempt", p, func(tx *storage.Tx) error {
		return Take(tx, p, "failures", a.limit, w)
	})
	return Refusal(err, a.limit, now, w)
}
