package probe

import (
	"context"
	"time"

	"tracedge/core/adapters"
	"tracedge/core/storage"
)

// own is the service's own storage: a partition for one probe, whose record expires if it is left over.
type own struct {
	store *storage.Store
	id    string
}

// leftover is how long a probe that was not deleted stays.
const leftover = 10 * time.Minute

func (o own) partition() storage.Partition { return storage.In("probe", o.id) }
func (o own) key() storage.Key             { return o.partition().Key("record") }

func (o own) put(ctx context.Context, limit time.Duration, content []byte) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	expires := storage.Expires(o.store.Now().Add(leftover))
	return o.id, o.store.Update(ctx, "probe_put_record", o.partition(), func(tx *storage.Tx) error {
		return tx.Put(o.key(), content, expires)
	})
}

func (o own) get(ctx context.Context, limit time.Duration, _ string) (content []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	found, err := o.store.Read(ctx, "probe_get_record", o.partition(), o.key())
	if err != nil {
		return nil, err
	}
	_, err = found.Get(o.key(), &content)
	return content, err
}

func (o own) remove(ctx context.Context, limit time.Duration, _ string) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return o.store.Update(ctx, "probe_delete_record", o.partition(), func(tx *storage.Tx) error { return tx.Delete(o.key()) })
}

// remote is an adapter: its object store, never its ledger.
type remote struct{ adapter *adapters.Remote }

func (r remote) put(ctx context.Context, limit time.Duration, content []byte) (string, error) {
	id, err := r.adapter.Put(ctx, r.adapter.Timeout(limit), content)
	return id, err
}

func (r remote) get(ctx context.Context, limit time.Duration, id string) ([]byte, error) {
	content, err := r.adapter.Get(ctx, r.adapter.Timeout(limit), id)
	return content, err
}

func (r remote) remove(ctx context.Context, limit time.Duration, id string) error {
	return r.adapter.Delete(ctx, r.adapter.Timeout(limit), id)
}
