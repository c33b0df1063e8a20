package bolt

import (
	"context"
	"encoding/binary"

	"go.etcd.io/bbolt"

	"tracedge/harness/services"
)

// kv implements services.KV.
type kv struct {
	store           *Store
	entries, expiry []byte // names of buckets
}

func (n *kv) Get(ctx context.Context, key string) (*services.KVEntry, error) {
	if err := services.CheckKVKey(key); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var found *services.KVEntry
	err := n.store.view(n.entries, func(b *bbolt.Bucket) error {
		record := b.Get([]byte(key))
		if record == nil {
			return nil
		}
		e, err := decodeEntry(key, record)
		if err == nil && n.live(e) {
			e = copyEntry(e)
			found = &e
		}
		return err
	})
	return found, err
}

func (n *kv) Put(ctx context.Context, e services.KVEntry) error {
	if err := e.Check(); err != nil {
		return err
	}
	record := encodeEntry(e)
	return n.change(ctx, func(entries, expiry *bbolt.Bucket) error {
		if err := dropExpiry(entries, expiry, e.Key); err != nil {
			return err
		}
		if e.Expiration != 0 {
			if err := expiry.Put(expiryKey(e.Expiration, e.Key), nil); err != nil {
				return err
			}
		}
		return entries.Put([]byte(e.Key), record)
	})
}

func (n *kv) Delete(ctx context.Context, key string) error {
	if err := services.CheckKVKey(key); err != nil {
		return err
	}
	return n.change(ctx, func(entries, expiry *bbolt.Bucket) error {
		if err := dropExpiry(entries, expiry, key); err != nil {
			return err
		}
		return entries.Delete([]byte(key))
	})
}

// change commits f, after it purged some of what has expired.
func (n *kv) change(ctx context.Context, f func(entries, expiry *bbolt.Bucket) error) error {
	return n.store.writer.do(ctx, func(tx *bbolt.Tx) error {
		entries, err := tx.CreateBucketIfNotExists(n.entries)
		if err != nil {
			return err
		}
		expiry, err := tx.CreateBucketIfNotExists(n.expiry)
		if err != nil {
			return err
		}
		if err := n.purge(entries, expiry); err != nil {
			return err
		}
		return f(entries, expiry)
	})
}

func (n *kv) List(ctx context.Context, prefix, cursor string, limit int) (services.KVPage, error) {
	if err := services.CheckKVLimit(limit); err != nil {
		return services.KVPage{}, err
	}
	after, err := services.DecodeCursor(cursor)
	if err != nil {
		return services.KVPage{}, err
	}
	lo, hi, err := services.ListOptions{Prefix: prefix, StartAfter: after}.Bounds()
	if err != nil {
		return services.KVPage{}, err
	}
	page := services.KVPage{Complete: true}
	err = n.store.view(n.entries, func(b *bbolt.Bucket) (err error) {
		ascend(b.Cursor(), []byte(lo), []byte(hi), func(k, v []byte) bool {
			var e services.KVEntry
			if err = ctx.Err(); err != nil {
				return false
			}
			if e, err = decodeEntry(string(k), v); err != nil {
				return false
			}
			if !n.live(e) {
				return true
			}
			if len(page.Keys) == limit {
				page.Cursor, page.Complete = services.EncodeCursor(page.Keys[limit-1].Key), false
				return false
			}
			e.Value = nil
			page.Keys = append(page.Keys, copyEntry(e))
			return true
		})
		return err
	})
	if err != nil {
		return services.KVPage{}, err
	}
	return page, nil
}

// live reports whether e has not expired.
func (n *kv) live(e services.KVEntry) bool {
	return e.Expiration == 0 || n.store.now().Unix() < e.Expiration
}

// expiryKey is the key of the index of expirations.
func expiryKey(expiration int64, key string) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(expiration)), key...)
}
