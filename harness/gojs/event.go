package gojs

import "github.com/grafana/sobek"

// event is one call from JavaScript into a js.Func. Go takes it from the
// property _pendingEvent of the program's object, reads id, this and args, and
// sets result. Only package syscall/js ever sees it, so it needs no JavaScript
// object.
type event struct {
	id     uint32
	this   sobek.Value
	args   eventArgs
	result sobek.Value
}

// eventArgs is what Go sees as the arguments object of an event.
type eventArgs struct{ list []sobek.Value }

// pendingEvent and makeFuncWrapper are the two properties of the program's
// object that package syscall/js knows.
const (
	pendingEvent    = "_pendingEvent"
	makeFuncWrapper = "_makeFuncWrapper"
)

// funcWrapper makes the JavaScript function for the js.Func with the given id.
func (p *Program) funcWrapper(id uint32) sobek.Value {
	return p.rt.ToValue(func(call sobek.FunctionCall) sobek.Value {
		ev := &event{id: id, this: call.This}
		ev.args.list = append(ev.args.list, call.Arguments...) // sobek reuses the slice
		p.pending = ev
		if err := p.Resume(); err != nil {
			panic(p.Thrown(err))
		}
		if ev.result == nil {
			return sobek.Undefined()
		}
		return ev.result
	})
}

// getPending answers go._pendingEvent.
func (p *Program) getPending(addr uint32) {
	if p.pending == nil {
		p.store(addr, sobek.Null())
		return
	}
	p.storeAux(addr, p.pending)
}

// get answers the properties that package syscall/js reads from an event.
func (ev *event) get(p *Program, addr uint32, name string) {
	switch name {
	case "id":
		p.store(addr, p.rt.ToValue(ev.id))
	case "this":
		p.store(addr, ev.this)
	case "args":
		p.storeAux(addr, &ev.args)
	case "result":
		p.store(addr, ev.result)
	default:
		p.store(addr, sobek.Undefined())
	}
}
