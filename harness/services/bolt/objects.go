package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"

	"tracedge/harness/services"
)

// maxName and maxKey keep what is stored under bbolt's own limit for keys.
const (
	maxName = 16 << 10
	maxKey  = 2 << 10
)

// class implements services.Objects.
type class struct {
	store         *Store
	pairs, alarms []byte // names of buckets
}

func (c *class) Object(name string) services.Object {
	return &object{class: c, name: name, prefix: objectPrefix(name)}
}

func (c *class) Alarms(ctx context.Context) ([]services.Alarm, error) {
	var alarms []services.Alarm
	err := c.store.view(c.alarms, func(b *bbolt.Bucket) error {
		return b.ForEach(func(k, v []byte) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			_, n := binary.Uvarint(k)
			if n <= 0 || len(v) != 8 {
				return fmt.Errorf("alarm %q is damaged", k)
			}
			alarms = append(alarms, services.Alarm{Object: string(k[n:]), Time: int64(binary.BigEndian.Uint64(v))})
			return nil
		})
	})
	return alarms, err
}

// objectPrefix is what every stored key of the object called name begins with,
// and what no stored key of another object begins with.
func objectPrefix(name string) []byte {
	return append(binary.AppendUvarint(nil, uint64(len(name))), name...)
}

// object implements services.Object.
type object struct {
	class  *class
	name   string
	prefix []byte
}

// stored returns the key under which the object's key is stored.
func (o *object) stored(key string) []byte {
	return append(o.prefix[:len(o.prefix):len(o.prefix)], key...)
}

func (o *object) Get(key string) (value []byte, ok bool, err error) {
	err = o.class.store.view(o.class.pairs, func(b *bbolt.Bucket) error {
		if v := b.Get(o.stored(key)); v != nil {
			value, ok = bytes.Clone(v), true // v ends with the transaction
		}
		return nil
	})
	return value, ok, err
}

// Apply commits b together with what other objects apply at the same time.
func (o *object) Apply(ctx context.Context, b services.Batch) error {
	if err := b.Check(); err != nil {
		return err
	}
	if len(o.name) > maxName {
		return fmt.Errorf("object name of %d bytes, the limit is %d", len(o.name), maxName)
	}
	for _, p := range b.Puts {
		if len(p.Key) > maxKey {
			return fmt.Errorf("key of %d bytes, the limit is %d", len(p.Key), maxKey)
		}
	}
	return o.class.store.writer.do(ctx, func(tx *bbolt.Tx) error { return o.write(tx, b) })
}

func (o *object) write(tx *bbolt.Tx, b services.Batch) error {
	pairs, err := tx.CreateBucketIfNotExists(o.class.pairs)
	if err != nil {
		return err
	}
	if b.DeleteAll {
		for _, k := range o.keys(pairs) {
			if err := pairs.Delete(k); err != nil {
				return err
			}
		}
	}
	for _, key := range b.Deletes {
		if err := pairs.Delete(o.stored(key)); err != nil {
			return err
		}
	}
	for _, p := range b.Puts {
		if err := pairs.Put(o.stored(p.Key), p.Value); err != nil {
			return err
		}
	}
	return o.writeAlarm(tx, b)
}

func (o *object) writeAlarm(tx *bbolt.Tx, b services.Batch) error {
	if b.Alarm == nil && !b.DeleteAll {
		return nil
	}
	alarms, err := tx.CreateBucketIfNotExists(o.class.alarms)
	if err != nil {
		return err
	}
	if b.Alarm == nil || *b.Alarm == 0 {
		return alarms.Delete(o.prefix)
	}
	return alarms.Put(o.prefix, binary.BigEndian.AppendUint64(nil, uint64(*b.Alarm)))
}

// keys returns copies of all stored keys of the object. They are collected
// before the first delete, since that moves cursors.
func (o *object) keys(pairs *bbolt.Bucket) (keys [][]byte) {
	c := pairs.Cursor()
	for k, _ := c.Seek(o.prefix); bytes.HasPrefix(k, o.prefix); k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	return keys
}
