package isolate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/grafana/sobek"

	"tracedge/harness/services"
)

// objectKey names a Durable Object.
type objectKey struct{ class, name string }

// id is the object's id: 64 hexadecimal digits.
func (k objectKey) id() string {
	sum := sha256.Sum256([]byte(k.class + "\x00" + k.name))
	return hex.EncodeToString(sum[:])
}

// object is a Durable Object in the isolate that holds it. It outlives resets;
// the code that runs and what it holds in memory is an incarnation.
type object struct {
	table *objectTable
	key   objectKey
	store *overlay
	life  *incarnation // nil when nothing is in memory
	used  uint64       // when it was last entered, by the count of the table

	// Those who wait until the current layer, or the one being written, is on
	// disk.
	current, writing []func(error)
}

// incarnation is the life of an object in memory: one instance of its class.
type incarnation struct {
	object   *object
	instance sobek.Value
	dead     error // set by a reset
	blocked  int   // calls of blockConcurrencyWhile that run
	queue    []func()
	running  []*objectCall
	alarming bool   // the alarm handler runs
	next     *alarm // is due and waits for it
	waits    int    // promises of waitUntil
}

// objectCall is one event of an object while its handler runs.
type objectCall struct {
	life  *incarnation
	reply func(Reply)
}

// enter runs f with the object in memory, later when it does not take events
// now. Where the object cannot be made, f gets an incarnation that is dead.
func (o *object) enter(f func(*incarnation)) {
	o.used = o.table.tick()
	life := o.life
	if life == nil {
		life = &incarnation{object: o}
		o.life = life
		life.construct()
	}
	if life.blocked > 0 && life.dead == nil {
		o.table.active++
		life.queue = append(life.queue, func() {
			o.table.active--
			f(life)
		})
		return
	}
	f(life)
}

// construct makes the instance of the class.
func (life *incarnation) construct() {
	i, key := life.object.table.isolate, life.object.key
	ex := i.rt.Try(func() {
		class := i.exported.Get(key.class)
		if class == nil {
			panic(i.rt.NewTypeError("the worker does not export the class %s", key.class))
		}
		state := i.call("newState", i.rt.ToValue(life), i.rt.ToValue(key.name), i.rt.ToValue(key.id()))
		instance, err := i.rt.New(class, state, i.newEnv(life.object.table.bindings, life))
		if err != nil {
			panic(err)
		}
		life.instance = instance
	})
	if ex != nil {
		life.reset(i.remoteError(ex.Value()))
	}
}

// begin registers a call that runs.
func (life *incarnation) begin(reply func(Reply)) *objectCall {
	c := &objectCall{life: life, reply: reply}
	life.running = append(life.running, c)
	life.object.table.active++
	return c
}

// end takes the outcome of a call and passes it on once all that the object
// wrote until now is on disk.
func (c *objectCall) end(r Reply) {
	if !c.remove() {
		return
	}
	c.life.whenDurable(func(err error) {
		if err != nil {
			r = Reply{Err: asRemote(err)}
		}
		c.reply(r)
	})
}

// remove takes a call off the list of those that run; it reports false when it
// was not there.
func (c *objectCall) remove() bool {
	n := slices.Index(c.life.running, c)
	if n < 0 {
		return false
	}
	c.life.running = slices.Delete(c.life.running, n, n+1)
	c.life.object.table.active--
	return true
}

// invoke runs one call.
func (life *incarnation) invoke(call Call, reply func(Reply)) {
	if life.dead != nil {
		reply(Reply{Err: asRemote(life.dead)})
		return
	}
	i := life.object.table.isolate
	c := life.begin(reply)
	failed := func(reason sobek.Value) { c.end(Reply{Err: i.remoteError(reason)}) }
	ex := i.rt.Try(func() {
		args := make([]sobek.Value, len(call.Args))
		for n, arg := range call.Args {
			args[n] = i.load(arg)
		}
		var result sobek.Value
		if call.Method == "fetch" {
			result = i.call("objectFetch", append([]sobek.Value{life.instance}, args...)...)
		} else {
			result = i.call("objectInvoke", life.instance, i.rt.ToValue(call.Method), i.list(args...))
		}
		i.settle(result, func(v sobek.Value) { c.end(i.result(call.Method, v)) }, failed)
	})
	if ex != nil {
		failed(ex.Value())
	}
}

// result makes the reply of what a method returned.
func (i *isolate) result(method string, v sobek.Value) (r Reply) {
	ex := i.rt.Try(func() {
		if method != "fetch" {
			r.Values = []Value{i.export(v)}
			return
		}
		i.rt.ForOf(v, func(part sobek.Value) bool {
			r.Values = append(r.Values, i.export(part))
			return true
		})
	})
	if ex != nil {
		return Reply{Err: i.remoteError(ex.Value())}
	}
	return r
}

// reset ends an incarnation: its calls fail with err, what it wrote and is not
// being written is gone, and the next event makes a new one.
func (life *incarnation) reset(err error) {
	if life.dead != nil {
		return
	}
	life.dead = err
	o := life.object
	o.life = nil
	o.store.current, o.store.transactions = &layer{}, nil
	waiting := o.current
	o.current = nil
	for _, f := range waiting {
		f(err)
	}
	running := life.running
	life.running = nil
	o.table.active -= len(running)
	for _, c := range running {
		c.reply(Reply{Err: asRemote(err)})
	}
	life.release()
}

// unblock ends one call of blockConcurrencyWhile.
func (life *incarnation) unblock() {
	if life.blocked--; life.blocked == 0 {
		life.release()
	}
}

// release runs the events that waited.
func (life *incarnation) release() {
	for len(life.queue) > 0 && (life.blocked == 0 || life.dead != nil) {
		next := life.queue[0]
		life.queue = life.queue[1:]
		next()
	}
}

// whenDurable calls f once everything written until now is on disk, or with the
// error that kept it from there.
func (life *incarnation) whenDurable(f func(error)) {
	o := life.object
	switch {
	case life.dead != nil:
		f(life.dead)
	case !o.store.current.empty() || len(o.store.transactions) > 0:
		o.current = append(o.current, f)
		o.table.touch(o)
	case o.store.writing != nil:
		o.writing = append(o.writing, f)
	default:
		f(nil)
	}
}

// flush begins to write the current layer, unless a layer is being written.
func (o *object) flush() {
	i := o.table.isolate
	if o.store.writing != nil {
		return
	}
	o.writing, o.current = o.current, nil
	if o.store.current.empty() {
		o.written(nil)
		return
	}
	l := o.store.current
	o.store.writing, o.store.current = l, &layer{}
	batch := l.batch()
	o.table.writes++
	i.loop.async(func() func() {
		err := apply(o.store.disk, batch)
		return func() {
			o.table.writes--
			if i.stopped != nil {
				i.leave()
				return
			}
			o.store.writing = nil
			if err == nil && l.alarm != nil {
				o.table.setAlarm(o.key, *l.alarm)
			}
			o.written(err)
			if err != nil {
				o.table.rearm(o.key)
			}
			o.flush()
		}
	})
}

// apply writes a batch; a failure of the service must not take the process down.
func apply(disk services.Object, b services.Batch) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("tracedge harness failure: %v", r)
		}
	}()
	return disk.Apply(context.Background(), b)
}

// written tells those who waited for the layer that was being written. When it
// could not be, the object is reset: its memory is ahead of its storage.
func (o *object) written(err error) {
	waiting := o.writing
	o.writing = nil
	if err != nil {
		err = &RemoteError{Name: "Error", Message: "storage of the Durable Object failed: " + err.Error(), Retryable: true, Reset: true}
	}
	for _, f := range waiting {
		f(err)
	}
	if err != nil && o.life != nil {
		o.life.reset(err)
	}
}

// idle reports whether the object could leave memory unnoticed.
func (o *object) idle() bool {
	life := o.life
	return o.store.writing == nil && o.store.current.empty() &&
		(life == nil || len(life.running) == 0 && len(life.queue) == 0 && life.blocked == 0 && life.waits == 0)
}
