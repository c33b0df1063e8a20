package keys

import (
	"context"
	"time"

	"tracedge/core/storage"
)

// found is a key with the records beside it, all of one moment.
type found struct {
	Key
	stopped *stopped   // nil while it works
	used    *time.Time // nil before it was first admitted
	quota   known      // what is known of its window without counting
	broken  error      // the quota's records are unusable
}

// load reads a key. Where its creation is on its way, what becomes of that is found out first, so that a key whose text
// somebody has is always there. Nil when there is none.
func (s *Service) load(ctx context.Context, hash string, read func(storage.Partition, ...storage.Key) (storage.Snapshot, error)) (*found, error) {
	p := Partition(hash)
	w := window{p}
	for {
		snapshot, err := read(p, keyKey(p), stoppedKey(p), usedKey(p), w.total(), w.hint(), storage.ClaimKey(p, keyClaim))
		if err != nil {
			return nil, err
		}
		var f found
		if ok, err := snapshot.Get(keyKey(p), &f.Key); err != nil {
			return nil, err
		} else if ok {
			return &f, f.beside(snapshot, p)
		}
		var c storage.Claim
		if ok, err := snapshot.Get(storage.ClaimKey(p, keyClaim), &c); err != nil || !ok || c.Held {
			return nil, err
		}
		if settled, err := s.store.Resolve(ctx, p, c); err != nil || !settled {
			return nil, err
		}
	}
}

// beside decodes what stands beside the key.
func (f *found) beside(snapshot storage.Snapshot, p storage.Partition) error {
	var stop stopped
	if ok, err := snapshot.Get(stoppedKey(p), &stop); err != nil {
		return err
	} else if ok {
		f.stopped = &stop
	}
	var used time.Time
	if ok, err := snapshot.Get(usedKey(p), &used); err != nil {
		return err
	} else if ok {
		f.used = &used
	}
	f.quota, f.broken = window{p}.known(snapshot)
	return nil
}
