package bolt

import (
	"bytes"

	"go.etcd.io/bbolt"

	"tracedge/harness/services"
)

// List returns the pairs selected by opts from one consistent view.
func (o *object) List(opts services.ListOptions) ([]services.Pair, error) {
	lo, hi, err := opts.Bounds()
	if err != nil {
		return nil, err
	}
	from := o.stored(lo)
	to := o.stored(hi)
	if hi == "" {
		to = []byte(services.PrefixEnd(string(o.prefix))) // where the next object may begin
	}
	var pairs []services.Pair
	err = o.class.store.view(o.class.pairs, func(b *bbolt.Bucket) error {
		add := func(k, v []byte) (more bool) {
			pairs = append(pairs, services.Pair{Key: string(k[len(o.prefix):]), Value: bytes.Clone(v)})
			return len(pairs) != opts.Limit
		}
		if opts.Reverse {
			descend(b.Cursor(), from, to, add)
		} else {
			ascend(b.Cursor(), from, to, add)
		}
		return nil
	})
	return pairs, err
}

// ascend calls f for every from <= key < to in order until f returns false.
func ascend(c *bbolt.Cursor, from, to []byte, f func(k, v []byte) bool) {
	for k, v := c.Seek(from); k != nil && before(k, to); k, v = c.Next() {
		if !f(k, v) {
			return
		}
	}
}

// descend is ascend from the end of the range to its beginning.
func descend(c *bbolt.Cursor, from, to []byte, f func(k, v []byte) bool) {
	k, v := seekLast(c, to)
	for ; k != nil && bytes.Compare(k, from) >= 0; k, v = c.Prev() {
		if !f(k, v) {
			return
		}
	}
}

// seekLast moves c to the last key before to. An empty to has no key behind it.
func seekLast(c *bbolt.Cursor, to []byte) (k, v []byte) {
	if len(to) > 0 {
		if k, _ := c.Seek(to); k != nil {
			return c.Prev()
		}
	}
	return c.Last()
}

// before reports k < to, where an empty to has no key behind it.
func before(k, to []byte) bool { return len(to) == 0 || bytes.Compare(k, to) < 0 }
