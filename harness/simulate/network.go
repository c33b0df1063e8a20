package simulate

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tracedge/harness/isolate"
)

// callFailed is the error of a call that got lost on the way.
func callFailed(message string) isolate.Reply {
	return isolate.Reply{Err: &isolate.RemoteError{Name: "Error", Message: "simulated: " + message, Retryable: true}}
}

// call is one call of a sequencer on its way.
type call struct {
	isolate.Call
	location int
	commit   bool
	request  string
	step     string // what the call is, for people and for counting: "commit username claim"
	entry    *entry // in the history of its partition
}

// wrap is for isolate.Options.WrapCalls: every call of an object passes here.
func (w *World) wrap(deliver isolate.CallFunc) isolate.CallFunc {
	if w.plan.Mode == KVOnly {
		deliver = w.kvOnly
	}
	return func(c isolate.Call, reply func(isolate.Reply)) {
		on := &call{Call: c, location: w.locationOf(c.From), commit: c.Method == "commit"}
		if len(c.Args) > 0 {
			on.request = c.Args[0].Text
		}
		on.step = stepOf(on)
		w.seen(on.step)
		on.entry = w.history.begin(on)
		w.carry(on, deliver, reply)
	}
}

// carry takes a call to its object and the reply back, as far as they come.
func (w *World) carry(on *call, deliver isolate.CallFunc, reply func(isolate.Reply)) {
	m := w.misfortunes
	what := fmt.Sprintf("%s of %s from location %d", on.step, on.Object, on.location)
	w.flights.add(on)
	answer := func(r isolate.Reply) {
		w.AfterFunc(w.hop(), func() {
			w.flights.remove(on)
			w.history.answered(on.entry, r)
			reply(r)
		})
	}
	lost := func(r isolate.Reply) {
		w.flights.remove(on)
		reply(r)
	}
	send := func(f func(isolate.Reply)) {
		w.AfterFunc(w.hop(), func() {
			if m.strikeCall(ObjectDiesAt, on, what) != nil {
				w.interrupted(on.step)
				w.post(func() { w.restartObjectsOf(on) })
			}
			deliver(on.Call, func(r isolate.Reply) {
				w.history.carriedOut(on.entry, r)
				f(r)
			})
		})
	}
	switch {
	case w.cut[on.location].After(w.Now()):
		w.interrupted(on.step)
		w.AfterFunc(w.hop(), func() { lost(callFailed("no route")) })
	case m.strikeCall(CallLost, on, what) != nil:
		w.interrupted(on.step)
		w.AfterFunc(w.hop(), func() { lost(callFailed("lost on the way")) })
	case m.strikeCall(CallOverloaded, on, what) != nil:
		w.interrupted(on.step)
		w.AfterFunc(w.hop(), func() {
			lost(isolate.Reply{Err: &isolate.RemoteError{Name: "Error", Message: "simulated: overloaded", Overloaded: true}})
		})
	case m.strikeCall(CallHangs, on, what) != nil:
		w.interrupted(on.step)
	case m.strikeCall(ReplyLost, on, what) != nil:
		w.interrupted(on.step)
		send(func(isolate.Reply) { w.AfterFunc(w.hop(), func() { lost(callFailed("the reply is lost")) }) })
	case m.strikeCall(CallGarbled, on, what) != nil:
		w.interrupted(on.step)
		send(func(isolate.Reply) {
			w.AfterFunc(w.hop(), func() {
				lost(isolate.Reply{Values: []isolate.Value{{Kind: isolate.String, Text: "{"}}})
			})
		})
	default:
		w.carrySlowly(on, what, send, answer, lost)
	}
}

// carrySlowly is for calls that arrive.
func (w *World) carrySlowly(on *call, what string, send func(func(isolate.Reply)), answer, lost func(isolate.Reply)) {
	m := w.misfortunes
	if f := m.strikeCall(CallLate, on, what); f != nil {
		w.interrupted(on.step)
		w.AfterFunc(w.hop(), func() { lost(callFailed("lost, as it seems")) })
		late := f.delay(time.Second)
		if f.Number%4 == 0 {
			late *= 8 // longer than a reservation lives
		}
		w.AfterFunc(late, func() { send(func(isolate.Reply) {}) })
		return
	}
	if f := m.strikeCall(ReplyLate, on, what); f != nil {
		w.interrupted(on.step)
		send(func(r isolate.Reply) { w.AfterFunc(f.delay(5*time.Second), func() { answer(r) }) })
		return
	}
	if m.strikeCall(IsolateDiesAt, on, what) != nil {
		w.interrupted(on.step)
		w.AfterFunc(w.hop(), func() { w.restart(isolateOf(on.From)) })
	}
	send(answer)
}

// hop is how long a message takes in one direction.
func (w *World) hop() time.Duration { return between(w.network, time.Millisecond, 60*time.Millisecond) }

// isolateOf is the number in a name like "request/3".
func isolateOf(name string) int {
	_, n, _ := strings.Cut(name, "/")
	return int(number(n))
}

func (w *World) locationOf(isolateName string) int {
	return isolateOf(isolateName) % w.plan.World.Locations
}

func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}

// flights are the calls that are under way.
type flights []*call

func (f *flights) add(c *call) { *f = append(*f, c) }

func (f *flights) remove(c *call) {
	for n, other := range *f {
		if other == c {
			*f = append((*f)[:n], (*f)[n+1:]...)
			return
		}
	}
}

// interruptAll marks what an isolate, or all with "", had under way.
func (w *World) interruptAll(from string) {
	for _, c := range w.flights {
		if from == "" || c.From == from {
			w.interrupted(c.step)
		}
	}
}
