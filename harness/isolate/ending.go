package isolate

import (
	"slices"

	"github.com/grafana/sobek"
)

// afterTask ends every task: writes of objects go to disk, errors that nobody
// handled are reported, and events that can never end are ended.
func (i *isolate) afterTask() {
	if i.stopped != nil {
		return
	}
	if i.objects != nil {
		i.objects.flush()
	}
	rejected := i.rejected
	i.rejected = nil
	for _, promise := range rejected {
		i.uncaught("Uncaught (in promise) " + i.describe(promise.Result()))
	}
	if i.loop.idle() {
		i.endHung()
	}
	if len(i.drained) > 0 && len(i.events) == 0 && i.waiting == 0 && (i.objects == nil || i.objects.quiet()) {
		for _, f := range i.drained {
			f()
		}
		i.drained = nil
	}
}

// whenQuiet calls f when no event runs and nothing is left to write.
func (i *isolate) whenQuiet(f func()) {
	if i.stopped != nil && (i.objects == nil || i.objects.writes == 0) {
		f()
		return
	}
	i.drained = append(i.drained, f)
}

func (i *isolate) trackRejection(p *sobek.Promise, operation sobek.PromiseRejectionOperation) {
	if operation == sobek.PromiseRejectionReject {
		i.rejected = append(i.rejected, p)
	} else {
		i.rejected = slices.DeleteFunc(i.rejected, func(q *sobek.Promise) bool { return q == p })
	}
}

// stop ends the isolate: everything that runs fails with err, and its memory is
// given up. Calls after the first do nothing. gone, which may be nil, is called
// when nothing of the isolate can reach storage any more: what is being written
// cannot be called back, and whoever comes next must find it done.
func (i *isolate) stop(err error, gone func()) {
	if i.stopped != nil {
		return
	}
	i.stopped, i.gone = err, gone
	i.failAll(err)
	if i.objects != nil {
		i.objects.stop(err)
	}
	for _, p := range slices.Clone(i.programs) {
		if program := p.Value(); program != nil {
			program.Close()
		}
	}
	if i.rt != nil {
		i.program.isolates.Delete(i.rt)
	}
	i.leave()
}

// leave closes the loop of an isolate that was stopped, once the last write is
// done.
func (i *isolate) leave() {
	if i.objects != nil && i.objects.writes > 0 {
		return
	}
	if i.gone != nil {
		i.gone() // before the loop closes: whoever finds it closed looks for another
	}
	i.loop.close()
	for _, f := range i.drained {
		f()
	}
	i.drained = nil
	i.left = true
	for _, f := range i.late {
		i.pass(f)
	}
	i.late = nil
}

// pass hands an event on that came after the isolate was stopped, and so did not
// begin here: f is told whether another isolate has taken this one's place, when
// that is decided.
func (i *isolate) pass(f func(moved bool)) {
	if !i.left {
		i.late = append(i.late, f)
		return
	}
	f(i.slot.current.Load() != i && !i.cluster.closed.Load())
}

// broke is told of a panic of the host that no JavaScript could catch. What the
// isolate was doing is in an unknown state, so it is replaced.
func (i *isolate) broke(panicked any) {
	err := &BrokenError{Isolate: i.name, Panic: panicked, Stack: stack()}
	i.uncaught(err.Error())
	i.cluster.replace(i, err)
}
