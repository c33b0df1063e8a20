package memory

import (
	"bytes"
	"context"

	"tracedge/core/storage/memory/ordered"
	"tracedge/harness/services"
)

// class implements services.Objects.
type class struct {
	store   *Store
	objects map[string]*ordered.Map[[]byte] // by object name; an empty object is not in it
	alarms  *ordered.Map[int64]             // unix ms by object name
}

func (c *class) Object(name string) services.Object { return &object{class: c, name: name} }

func (c *class) Alarms(ctx context.Context) ([]services.Alarm, error) {
	c.store.mu.RLock()
	defer c.store.mu.RUnlock()
	if c.store.closed {
		return nil, services.ErrClosed
	}
	alarms := make([]services.Alarm, 0, c.alarms.Len())
	for name, at := range c.alarms.All() {
		alarms = append(alarms, services.Alarm{Object: name, Time: at})
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
	v, ok := t.Get(key)
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
	var pairs []services.Pair
	for key, value := range t.Range(lo, hi, opts.Reverse) {
		pairs = append(pairs, services.Pair{Key: key, Value: bytes.Clone(value)})
		if len(pairs) == opts.Limit {
			break
		}
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
		t = ordered.New[[]byte]()
		o.class.objects[o.name] = t
	}
	for _, key := range b.Deletes {
		t.Delete(key)
	}
	for _, p := range b.Puts {
		t.Set(p.Key, bytes.Clone(p.Value))
	}
	if t.Len() == 0 {
		delete(o.class.objects, o.name)
	}
	if b.DeleteAll {
		o.class.alarms.Delete(o.name)
	}
	if b.Alarm != nil {
		if *b.Alarm == 0 {
			o.class.alarms.Delete(o.name)
		} else {
			o.class.alarms.Set(o.name, *b.Alarm)
		}
	}
	return nil
}
