package isolate

import (
	"github.com/grafana/sobek"

	"tracedge/harness/services"
)

// Limits of the storage of SQLite-backed objects.
const (
	maxStorageKey   = 2048
	maxStorageValue = 2 << 20
)

// installStorage gives the prelude the storage of Durable Objects. The first
// argument of each function is the incarnation whose code calls.
func (i *isolate) installStorage() {
	i.def("storageGet", func(call sobek.FunctionCall) sobek.Value {
		text, ok, err := i.life(call).object.store.get(i.storageKey(call.Argument(1)))
		i.storageError(err)
		if !ok {
			return sobek.Undefined()
		}
		return i.fromJSON(text)
	})
	i.def("storagePut", func(call sobek.FunctionCall) sobek.Value {
		life, key := i.life(call), i.storageKey(call.Argument(1))
		text := i.toJSON(call.Argument(2), "the storage of a Durable Object")
		if len(key)+len(text) > maxStorageValue {
			panic(i.newError("RangeError", "string or blob too big: SQLITE_TOOBIG"))
		}
		life.object.store.put(key, text)
		life.object.table.touch(life.object)
		return sobek.Undefined()
	})
	i.def("storageDelete", func(call sobek.FunctionCall) sobek.Value {
		life := i.life(call)
		deleted, err := life.object.store.delete(i.storageKey(call.Argument(1)))
		i.storageError(err)
		life.object.table.touch(life.object)
		return i.rt.ToValue(deleted)
	})
	i.def("storageDeleteAll", func(call sobek.FunctionCall) sobek.Value {
		life := i.life(call)
		life.object.store.deleteAll()
		life.object.table.touch(life.object)
		return sobek.Undefined()
	})
	i.def("storageList", i.storageList)
	i.def("storageSync", func(call sobek.FunctionCall) sobek.Value { return i.storageSync(i.life(call)) })
	i.def("transactionBegin", func(call sobek.FunctionCall) sobek.Value {
		i.life(call).object.store.begin()
		return sobek.Undefined()
	})
	i.def("transactionEnd", func(call sobek.FunctionCall) sobek.Value {
		life := i.life(call)
		life.object.store.end(call.Argument(1).ToBoolean())
		life.object.table.touch(life.object)
		return sobek.Undefined()
	})
	i.installState()
}

// installState gives the prelude what is left of ctx: alarms and the gate.
func (i *isolate) installState() {
	i.def("alarmGet", func(call sobek.FunctionCall) sobek.Value {
		life := i.life(call)
		at, set := life.object.store.alarm()
		if a := life.object.table.alarms[life.object.key]; !set && a != nil && !life.alarming {
			at = a.at
		}
		if at == 0 {
			return sobek.Null()
		}
		return i.rt.ToValue(at)
	})
	i.def("alarmSet", func(call sobek.FunctionCall) sobek.Value {
		life := i.life(call)
		at := call.Argument(1).ToInteger()
		life.object.store.top().alarm = &at
		life.object.table.touch(life.object)
		return sobek.Undefined()
	})
	i.def("objectWaitUntil", func(call sobek.FunctionCall) sobek.Value {
		life := i.life(call)
		life.waits++
		done := func(sobek.Value) { life.waits-- }
		i.settle(call.Argument(1), done, done)
		i.waitFor(call.Argument(1))
		return sobek.Undefined()
	})
	i.def("objectBlock", func(call sobek.FunctionCall) sobek.Value {
		i.life(call).blocked++
		return sobek.Undefined()
	})
	i.def("objectUnblock", func(call sobek.FunctionCall) sobek.Value {
		i.life(call).unblock()
		return sobek.Undefined()
	})
	i.def("objectReset", func(call sobek.FunctionCall) sobek.Value {
		err := i.remoteError(call.Argument(1))
		err.Reset = true
		handleOf[*incarnation](i, call.Argument(0)).reset(err)
		return sobek.Undefined()
	})
}

// life is the incarnation that a native function works for. Code of one that was
// reset may still run; it must not write over what came after it.
func (i *isolate) life(call sobek.FunctionCall) *incarnation {
	life := handleOf[*incarnation](i, call.Argument(0))
	if life.dead != nil {
		panic(i.newError("Error", errReset.Error()))
	}
	return life
}

func (i *isolate) storageKey(v sobek.Value) string {
	key := v.String()
	if len(key) > maxStorageKey {
		panic(i.newError("RangeError", "Keys cannot be larger than 2048 bytes."))
	}
	return key
}

func (i *isolate) storageError(err error) {
	if err != nil {
		panic(i.newError("Error", "storage of the Durable Object failed: "+err.Error()))
	}
}

func (i *isolate) storageList(call sobek.FunctionCall) sobek.Value {
	o := call.Argument(1)
	pairs, err := i.life(call).object.store.list(services.ListOptions{
		Prefix:     i.get(o, "prefix").String(),
		Start:      i.get(o, "start").String(),
		StartAfter: i.get(o, "startAfter").String(),
		End:        i.get(o, "end").String(),
		Limit:      int(i.get(o, "limit").ToInteger()),
		Reverse:    i.get(o, "reverse").ToBoolean(),
	})
	i.storageError(err)
	items := make([]sobek.Value, len(pairs))
	for n, p := range pairs {
		items[n] = i.list(i.rt.ToValue(p.Key), i.fromJSON(string(p.Value)))
	}
	return i.list(items...)
}

// storageSync is the promise that everything written until now is on disk.
func (i *isolate) storageSync(life *incarnation) sobek.Value {
	promise, resolve, reject := i.rt.NewPromise()
	life.whenDurable(func(err error) {
		if err != nil {
			_ = reject(i.newError("Error", err.Error()))
			return
		}
		_ = resolve(sobek.Undefined())
	})
	return i.rt.ToValue(promise)
}
