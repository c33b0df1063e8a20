package memory

import (
	"bytes"
	"context"

	"tracedge/harness/services"
)

// class implements services.Objects.
type class struct {
	store   *Store
	objects map[string]*table[[]byte] // by object name; an empty object is not in it
	alarms  *table[int64]             // unix ms by object name
}

func (c *class) Object(name string) services.Object { return &object{class: c, name: name} }

func (c *class) Alarms(ctx context.Context) ([]services.Alarm, error) {
	c.store.mu.RLock()
	defer c.store.mu.RUnlock()
	if c.store.closed {
		return nil, services.ErrClosed
	}
	alarms := make([]services.Alarm, 0, len(c.alarms.keys))
	for _, name := range c.alarms.keys {
		alarms = append(alarms, services.Alarm{Object: name, Time: c.alarms.values[name]})
	}
	return alarms, ctx.Err()
}

// object implements services.Object.
type object struct {
	class *class
	name  string
}

func (o *object) Get(key string) ([]byte, bool, error) {
	s := o.class.store
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, false, services.ErrClosed
	}
	t := o.class.objects[o.name]
	if t == nil {
		return nil, false, nil
	}
	v, ok := t.values[key]
	return bytes.Clone(v), ok, nil
}

func (o *object) List(opts services.ListOptions) ([]services.Pair, error) {
	lo, hi, err := opts.Bounds()
	if err != nil {
		return nil, err
	}
	s := o.class.store
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, services.ErrClosed
	}
	t := o.class.objects[o.name]
	if t == nil {
		return nil, nil
	}
	keys := t.between(lo, hi)
	n := len(keys)
	if opts.Limit > 0 {
		n = min(n, opts.Limit)
	}
	pairs := make([]services.Pair, 0, n)
	for i := range n {
		key := keys[i]
		if opts.Reverse {
			key = keys[len(keys)-1-i]
		}
		pairs = append(pairs, services.Pair{Key: key, Value: bytes.Clone(t.values[key])})
	}
	return pairs, nil
}

func (o *object) Apply(ctx context.Context, b services.Batch) error {
	if err := b.Check(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	s := o.class.store
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return services.ErrClosed
	}
	t := o.class.objects[o.name]
	if t == nil || b.DeleteAll {
		t = newTable[[]byte]()
		o.class.objects[o.name] = t
	}
	for _, key := range b.Deletes {
		t.delete(key)
	}
	for _, p := range b.Puts {
		t.put(p.Key, bytes.Clone(p.Value))
	}
	if len(t.keys) == 0 {
		delete(o.class.objects, o.name)
	}
	if b.DeleteAll {
		o.class.alarms.delete(o.name)
	}
	if b.Alarm != nil {
		if *b.Alarm == 0 {
			o.class.alarms.delete(o.name)
		} else {
			o.class.alarms.put(o.name, *b.Alarm)
		}
	}
	return nil
}
