package limits

import (
	"context"
	"time"

	"tracedge/core/storage"
)

// FailureWindow is the window in which an address's failed attempts count.
const FailureWindow = 15 * time.Minute

// blocked is the record address/<hash>/blocked: the address has used up its failures. It is replicated, so that looking
// for it costs a read at the edge beside whatever else a request reads. It exists only while it holds.
type blocked struct {
	Until time.Time `json:"until"`
}

// CheckAddress refuses an address that has failed too often. It reads at the edge, so a block takes effect everywhere
// within a minute. A limit of 0 is off. Errors: 429.
func (l *Limiter) CheckAddress(ctx context.Context, address string, limit int) error {
	if limit == 0 {
		return nil
	}
	k := AddressPartition(address).Key("blocked")
	found, err := l.store.ReadEdge(ctx, "limits_check_throttle", k)
	if err != nil {
		return err
	}
	var b blocked
	now := l.store.Now()
	if ok, err := found.Get(k, &b); err != nil || !ok || !now.Before(b.Until) {
		return err
	}
	return TooMany(limit, now, Window{End: b.Until})
}

// CountFailure counts a failed attempt of an address, and blocks it when that was the last one allowed.
func (l *Limiter) CountFailure(ctx context.Context, address string, limit int) error {
	if limit == 0 {
		return nil
	}
	w, p := WindowOf(l.store.Now(), FailureWindow), AddressPartition(address)
	k := w.Key(p, "failures")
	return l.store.Update(ctx, "limits_count_failure", p, func(tx *storage.Tx) error {
		var n int64
		if _, err := tx.Get(k, &n); err != nil {
			return err
		}
		if n++; n >= int64(limit) {
			tx.Put(p.Key("blocked"), blocked{w.End}, storage.Expires(w.End), storage.Replicated())
		}
		return tx.Put(k, n, storage.Expires(w.End))
	})
}
