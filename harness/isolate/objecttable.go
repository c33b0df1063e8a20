package isolate

import (
	"context"
	"errors"
	"maps"
	"slices"

	"tracedge/harness/services"
)

// objectTable holds the Durable Objects of one isolate.
type objectTable struct {
	isolate  *isolate
	bindings Bindings
	objects  map[objectKey]*object
	alarms   map[objectKey]*alarm
	dirty    []*object // written to in the current task
	writes   int       // batches on their way to the disk
	active   int       // calls that run or wait for their turn
	ticks    uint64
}

func newObjectTable(i *isolate, b Bindings) *objectTable {
	return &objectTable{isolate: i, bindings: b, objects: map[objectKey]*object{}, alarms: map[objectKey]*alarm{}}
}

// boot arms the stored alarms of the objects that belong to this isolate.
func (t *objectTable) boot() error {
	for _, class := range sortedKeys(t.bindings.Classes) {
		alarms, err := t.bindings.Classes[class].Alarms(context.Background())
		if err != nil {
			return err
		}
		slices.SortFunc(alarms, func(a, b services.Alarm) int { return int(a.Time - b.Time) })
		for _, a := range alarms {
			if key := (objectKey{class, a.Object}); t.isolate.cluster.home(key) == t.isolate.slot.index {
				t.setAlarm(key, a.Time)
			}
		}
	}
	return nil
}

func (t *objectTable) tick() uint64 {
	t.ticks++
	return t.ticks
}

// object returns the object with the given key, which may be new.
func (t *objectTable) object(key objectKey) (*object, error) {
	if o := t.objects[key]; o != nil {
		return o, nil
	}
	class := t.bindings.Classes[key.class]
	if class == nil {
		return nil, errors.New("no storage for Durable Object class " + key.class)
	}
	if len(t.objects) >= t.isolate.options.MaxObjects {
		t.evictOldest()
	}
	o := &object{table: t, key: key, store: newOverlay(class.Object(key.name))}
	t.objects[key] = o
	return o, nil
}

// evictOldest makes room: a tenth of the objects that are idle, those not used
// for longest.
func (t *objectTable) evictOldest() {
	idle := slices.DeleteFunc(t.sorted(), func(o *object) bool { return !o.idle() })
	for _, o := range idle[:min(len(idle), len(t.objects)/10+1)] {
		t.evict(o)
	}
}

// evict drops an idle object from memory.
func (t *objectTable) evict(o *object) {
	if o.life != nil {
		o.life.dead = errReset
	}
	delete(t.objects, o.key)
}

// deliver runs a call. reply is called once, on the loop.
func (t *objectTable) deliver(call Call, reply func(Reply)) {
	if i := t.isolate; i.stopped != nil {
		i.pass(func(moved bool) {
			if moved {
				i.cluster.deliver(call, reply)
			} else {
				reply(Reply{Err: asRemote(i.stopped)})
			}
		})
		return
	}
	o, err := t.object(objectKey{call.Class, call.Object})
	if err != nil {
		reply(Reply{Err: asRemote(err)})
		return
	}
	o.enter(func(life *incarnation) { life.invoke(call, reply) })
}

// touch remembers that an object has something to write.
func (t *objectTable) touch(o *object) {
	if !slices.Contains(t.dirty, o) {
		t.dirty = append(t.dirty, o)
	}
}

// flush begins to write what the objects wrote in this task.
func (t *objectTable) flush() {
	for len(t.dirty) > 0 {
		dirty := t.dirty
		t.dirty = nil
		for _, o := range dirty {
			o.flush()
		}
	}
}

// quiet reports whether no object does anything.
func (t *objectTable) quiet() bool {
	for _, o := range t.objects {
		if !o.idle() {
			return false
		}
	}
	return true
}

// sorted lists the objects, those used longest ago first.
func (t *objectTable) sorted() []*object {
	return slices.SortedFunc(maps.Values(t.objects), func(a, b *object) int { return int(int64(a.used) - int64(b.used)) })
}

// endHung ends the calls that wait for something that cannot happen.
func (t *objectTable) endHung() {
	if t.active == 0 {
		return
	}
	for _, o := range t.sorted() {
		if o.life != nil && (len(o.life.running) > 0 || len(o.life.queue) > 0) {
			o.life.reset(&RemoteError{Name: "Error", Message: ErrHung.Error(), Reset: true})
		}
	}
}

// stop fails all calls.
func (t *objectTable) stop(err error) {
	err = &RemoteError{Name: "Error", Message: err.Error(), Retryable: true, Reset: true}
	for _, o := range t.sorted() {
		if o.life != nil {
			o.life.reset(err)
		}
		for _, f := range append(o.current, o.writing...) {
			f(err)
		}
		o.current, o.writing = nil, nil
	}
}
