package isolate

import (
	"slices"

	"github.com/grafana/sobek"
)

// event is one request or scheduled event while its handler runs.
type event struct {
	isolate *isolate
	// fail ends the event with an error; calls after its end do nothing.
	fail func(error)
	// streaming is set when the response was given away and its body is still
	// being made.
	streaming bool
	ended     bool
}

// begin registers an event.
func (i *isolate) begin() *event {
	ev := &event{isolate: i}
	i.events = append(i.events, ev)
	return ev
}

// end marks the event as over; it reports false when it was.
func (ev *event) end() bool {
	if ev.ended {
		return false
	}
	ev.ended = true
	ev.isolate.events = slices.DeleteFunc(ev.isolate.events, func(e *event) bool { return e == ev })
	ev.isolate.inFlight.Add(-1)
	return true
}

// handle calls a handler of the worker's default export and passes its outcome
// on. Both functions run as microtasks.
func (ev *event) handle(name string, arg sobek.Value, done func(sobek.Value)) {
	i := ev.isolate
	failed := func(reason sobek.Value) { ev.fail(i.exception(reason)) }
	ex := i.rt.Try(func() {
		exported := i.exported.Get("default")
		if exported == nil {
			panic(i.rt.NewTypeError("the worker has no default export"))
		}
		result := i.call("handle", exported, i.rt.ToValue(name), arg, i.env, i.rt.ToValue(ev))
		i.settle(result, done, failed)
	})
	if ex != nil {
		failed(ex.Value())
	}
}

// failAll ends all events, the oldest first.
func (i *isolate) failAll(err error) {
	for _, ev := range slices.Clone(i.events) {
		ev.fail(err)
	}
}

// exception makes a Go error of what a handler threw.
func (i *isolate) exception(reason sobek.Value) error {
	e := &ExceptionError{Message: "undefined"}
	ex := i.rt.Try(func() {
		if !i.isError(reason) {
			e.Message = reason.String()
			return
		}
		obj := reason.(*sobek.Object)
		e.Name, e.Message = obj.Get("name").String(), obj.Get("message").String()
		e.Stack = i.describe(reason)
	})
	if ex != nil {
		e.Message = "a value that cannot be shown: " + ex.Error()
	}
	return e
}

// installEvents gives contexts their waitUntil.
func (i *isolate) installEvents() {
	i.def("waitUntil", func(call sobek.FunctionCall) sobek.Value {
		i.waitFor(call.Argument(1))
		return sobek.Undefined()
	})
}

// waitFor keeps the isolate from closing until a promise is settled.
func (i *isolate) waitFor(promise sobek.Value) {
	i.waiting++
	i.settle(promise,
		func(sobek.Value) { i.waiting-- },
		func(reason sobek.Value) {
			i.waiting--
			i.uncaught("Uncaught (in waitUntil) " + i.describe(reason))
		})
}

// endHung ends what can never go on. It is called when nothing is under way.
func (i *isolate) endHung() {
	i.failAll(ErrHung)
	if i.objects != nil {
		i.objects.endHung()
	}
	if i.waiting > 0 && len(i.drained) > 0 { // somebody waits for the isolate to become quiet
		i.uncaught("promises given to waitUntil never settled")
		i.waiting = 0
	}
}
