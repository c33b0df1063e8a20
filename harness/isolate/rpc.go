package isolate

import (
	"errors"
	"strings"

	"github.com/grafana/sobek"
)

// Call is a message to a Durable Object: a method call, or "fetch".
type Call struct {
	From          string // the isolate that calls
	Class, Object string
	Method        string
	Args          []Value
}

// Reply is the answer to a Call: what the method returned, or Err.
type Reply struct {
	Values []Value // one, except for "fetch"
	Err    *RemoteError
}

// CallFunc delivers a call. reply is called once, from any goroutine.
type CallFunc func(call Call, reply func(Reply))

// RemoteError is an exception on its way to another isolate.
type RemoteError struct {
	Name, Message string // Name is "" for thrown values that are no errors
	Stack         string
	Retryable     bool // the caller may try again
	Overloaded    bool // the object has too much to do
	Reset         bool // the object lost its memory
}

func (e *RemoteError) Error() string { return e.Message }

// text is the error for a log.
func (e *RemoteError) text() string {
	if e.Stack != "" {
		return strings.TrimRight(e.Stack, "\n")
	}
	return strings.TrimPrefix(e.Name+": "+e.Message, ": ")
}

func asRemote(err error) *RemoteError {
	var remote *RemoteError
	if errors.As(err, &remote) {
		return remote
	}
	return &RemoteError{Name: "Error", Message: err.Error(), Retryable: true}
}

// remoteError takes a thrown value apart.
func (i *isolate) remoteError(thrown sobek.Value) *RemoteError {
	e := &RemoteError{Name: "Error", Message: "an exception that cannot be described"}
	_ = i.rt.Try(func() {
		d := i.call("describeError", thrown)
		if v := i.get(d, "thrown"); !sobek.IsUndefined(v) {
			*e = RemoteError{Message: v.String()}
			return
		}
		*e = RemoteError{
			Name: i.get(d, "name").String(), Message: i.get(d, "message").String(), Stack: i.get(d, "stack").String(),
			Retryable: i.get(d, "retryable").ToBoolean(), Overloaded: i.get(d, "overloaded").ToBoolean(),
			Reset: i.get(d, "durableObjectReset").ToBoolean(),
		}
	})
	return e
}

// thrownBy is the exception that a caller sees.
func (i *isolate) thrownBy(e *RemoteError) sobek.Value {
	if e.Name == "" {
		return i.rt.ToValue(e.Message)
	}
	properties := i.rt.NewObject()
	_ = properties.Set("remote", true)
	if e.Retryable {
		_ = properties.Set("retryable", true)
	}
	if e.Overloaded {
		_ = properties.Set("overloaded", true)
	}
	if e.Reset {
		_ = properties.Set("durableObjectReset", true)
	}
	return i.call("remoteError", i.rt.ToValue(e.Name), i.rt.ToValue(e.Message), properties)
}

// namespaceHandle is a class of objects behind a DurableObjectNamespace.
type namespaceHandle struct {
	class string
	owner *incarnation
}

// installObjectCalls gives the prelude the calling side of Durable Objects.
func (i *isolate) installObjectCalls() {
	i.def("objectID", func(call sobek.FunctionCall) sobek.Value {
		h := handleOf[*namespaceHandle](i, call.Argument(0))
		return i.rt.ToValue(objectKey{h.class, call.Argument(1).String()}.id())
	})
	i.def("objectCall", i.objectCall)
}

// objectCall(namespace, name, method, args) sends a call and returns the promise
// of its reply.
func (i *isolate) objectCall(call sobek.FunctionCall) sobek.Value {
	i.requireEvent()
	h := handleOf[*namespaceHandle](i, call.Argument(0))
	message := Call{From: i.name, Class: h.class, Object: call.Argument(1).String(), Method: call.Argument(2).String()}
	i.rt.ForOf(call.Argument(3), func(arg sobek.Value) bool {
		message.Args = append(message.Args, i.export(arg))
		return true
	})
	promise, resolve, reject := i.rt.NewPromise()
	finish := i.loop.begin()
	done := func(r Reply) {
		finish(func() {
			if i.stopped != nil {
				return
			}
			i.receive(message.Method, r, resolve, reject)
		})
	}
	send := func(err error) {
		if err != nil {
			done(Reply{Err: asRemote(err)})
			return
		}
		i.cluster.calls(message, done)
	}
	if h.owner == nil {
		send(nil)
	} else {
		h.owner.whenDurable(send)
	}
	return i.rt.ToValue(promise)
}

// receive settles the promise of a call.
func (i *isolate) receive(method string, r Reply, resolve, reject func(any) error) {
	var v sobek.Value
	ex := i.rt.Try(func() {
		if r.Err != nil {
			v = i.thrownBy(r.Err)
			return
		}
		values := make([]sobek.Value, len(r.Values))
		for n, value := range r.Values {
			values[n] = i.load(value)
		}
		if method == "fetch" {
			v = i.list(values...)
		} else if len(values) == 1 {
			v = values[0]
		} else {
			v = sobek.Undefined()
		}
	})
	switch {
	case ex != nil:
		_ = reject(ex.Value())
	case r.Err != nil:
		_ = reject(v)
	default:
		_ = resolve(v)
	}
}
