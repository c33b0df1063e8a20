package isolate

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/grafana/sobek"

	"tracedge/harness/services"
)

// kvHandle is a namespace behind a KVNamespace object.
type kvHandle struct {
	kv    services.KV
	owner *incarnation
}

// installKV gives the prelude the operations of KV namespaces. Each runs off the
// loop and returns a promise.
func (i *isolate) installKV() {
	i.def("kvGet", func(call sobek.FunctionCall) sobek.Value {
		h, key := i.kvArgs(call)
		return i.outgoing(h.owner, func() (func() sobek.Value, error) {
			entry, err := h.kv.Get(context.Background(), key)
			if err != nil {
				return nil, err
			}
			return func() sobek.Value { return i.kvEntry(entry) }, nil
		})
	})
	i.def("kvPut", func(call sobek.FunctionCall) sobek.Value {
		h, key := i.kvArgs(call)
		entry := services.KVEntry{Key: key, Value: i.wantBytes(call.Argument(2)), Expiration: call.Argument(3).ToInteger()}
		if metadata := call.Argument(4); !isNothing(metadata) {
			entry.Metadata = json.RawMessage(metadata.String())
		}
		return i.outgoing(h.owner, func() (func() sobek.Value, error) {
			return sobek.Undefined, h.kv.Put(context.Background(), entry)
		})
	})
	i.def("kvDelete", func(call sobek.FunctionCall) sobek.Value {
		h, key := i.kvArgs(call)
		return i.outgoing(h.owner, func() (func() sobek.Value, error) {
			return sobek.Undefined, h.kv.Delete(context.Background(), key)
		})
	})
	i.def("kvList", func(call sobek.FunctionCall) sobek.Value {
		h, prefix := i.kvArgs(call)
		cursor, limit := call.Argument(2).String(), int(call.Argument(3).ToInteger())
		return i.outgoing(h.owner, func() (func() sobek.Value, error) {
			page, err := h.kv.List(context.Background(), prefix, cursor, limit)
			return func() sobek.Value { return i.kvPage(page) }, err
		})
	})
}

func (i *isolate) kvArgs(call sobek.FunctionCall) (*kvHandle, string) {
	i.requireEvent()
	return handleOf[*kvHandle](i, call.Argument(0)), call.Argument(1).String()
}

// kvEntry is null, or the value and the metadata as JSON text.
func (i *isolate) kvEntry(e *services.KVEntry) sobek.Value {
	if e == nil {
		return sobek.Null()
	}
	return i.list(i.bytes(append([]byte(nil), e.Value...)), i.rawJSON(e.Metadata))
}

func (i *isolate) rawJSON(text json.RawMessage) sobek.Value {
	if text == nil {
		return sobek.Null()
	}
	return i.rt.ToValue(string(text))
}

func (i *isolate) kvPage(page services.KVPage) sobek.Value {
	keys := make([]sobek.Value, len(page.Keys))
	for n, e := range page.Keys {
		keys[n] = i.list(i.rt.ToValue(e.Key), i.rt.ToValue(e.Expiration), i.rawJSON(e.Metadata))
	}
	obj := i.rt.NewObject()
	_ = obj.Set("keys", i.list(keys...))
	_ = obj.Set("cursor", i.rt.ToValue(page.Cursor))
	_ = obj.Set("complete", i.rt.ToValue(page.Complete))
	return obj
}

var errReset = errors.New("the Durable Object was reset")

// outgoing is async for an operation that the world can see. For a Durable
// Object it begins when all that the object wrote before is on disk: nobody may
// act on what could still be lost.
func (i *isolate) outgoing(owner *incarnation, work func() (func() sobek.Value, error)) sobek.Value {
	if owner == nil {
		return i.async(work)
	}
	promise, resolve, reject := i.rt.NewPromise()
	owner.whenDurable(func(err error) {
		if err != nil {
			_ = reject(i.newError("Error", err.Error()))
			return
		}
		i.start(work, resolve, reject)
	})
	return i.rt.ToValue(promise)
}
