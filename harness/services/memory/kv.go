package memory

import (
	"bytes"
	"context"

	"tracedge/core/storage/memory/ordered"
	"tracedge/harness/services"
)

// kv implements services.KV.
type kv struct {
	store   *Store
	entries *ordered.Map[services.KVEntry]
	puts    int // since purge last ran
}

// live reports whether e has not expired. The caller holds store.mu.
func (n *kv) live(e services.KVEntry) bool {
	return e.Expiration == 0 || n.store.now().Unix() < e.Expiration
}

func (n *kv) Get(ctx context.Context, key string) (*services.KVEntry, error) {
	if err := services.CheckKVKey(key); err != nil {
		return nil, err
	}
	n.store.mu.RLock()
	defer n.store.mu.RUnlock()
	if n.store.closed {
		return nil, services.ErrClosed
	}
	e, ok := n.entries.Get(key)
	if !ok || !n.live(e) {
		return nil, ctx.Err()
	}
	e = clone(e)
	return &e, ctx.Err()
}

func (n *kv) Put(ctx context.Context, e services.KVEntry) error {
	if err := e.Check(); err != nil {
		return err
	}
	return n.change(ctx, func() {
		n.entries.Set(e.Key, clone(e))
		n.puts++
		n.purge()
	})
}

// purge drops expired entries once there were as many puts as there are entries,
// so that its cost per put is constant.
func (n *kv) purge() {
	if n.puts < n.entries.Len() {
		return
	}
	n.puts = 0
	live := ordered.New[services.KVEntry]()
	for key, e := range n.entries.All() {
		if n.live(e) {
			live.Set(key, e)
		}
	}
	*n.entries = *live
}

func (n *kv) Delete(ctx context.Context, key string) error {
	if err := services.CheckKVKey(key); err != nil {
		return err
	}
	return n.change(ctx, func() { n.entries.Delete(key) })
}

// change runs f while nothing else looks at the store.
func (n *kv) change(ctx context.Context, f func()) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	n.store.mu.Lock()
	defer n.store.mu.Unlock()
	if n.store.closed {
		return services.ErrClosed
	}
	f()
	return nil
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
	n.store.mu.RLock()
	defer n.store.mu.RUnlock()
	if n.store.closed {
		return services.KVPage{}, services.ErrClosed
	}
	var page services.KVPage
	for _, e := range n.entries.Range(lo, hi, false) {
		if !n.live(e) {
			continue
		}
		if len(page.Keys) == limit {
			page.Cursor = services.EncodeCursor(page.Keys[limit-1].Key)
			return page, ctx.Err()
		}
		e = clone(e)
		e.Value = nil
		page.Keys = append(page.Keys, e)
	}
	page.Complete = true
	return page, ctx.Err()
}

// clone copies what e points to, so that no caller shares memory with the store.
func clone(e services.KVEntry) services.KVEntry {
	e.Value = bytes.Clone(e.Value)
	e.Metadata = bytes.Clone(e.Metadata)
	return e
}
