package simulate

import (
	"fmt"
	"strings"
	"time"

	"tracedge/harness/gojs"
)

// Bounds of a life. Nothing that a client waits for takes as long.
const (
	longestLife  = 20 * time.Minute // after the last step was due
	longestCalm  = 3 * time.Hour
	shortestCalm = 3 * time.Minute
	slice        = 10 * time.Second
)

// live lets the clients do their steps while the faults strike.
func (w *World) live() {
	w.scheduleFaults()
	w.AfterFunc(time.Minute-w.elapsed()%time.Minute, w.ring)
	busy := len(w.plan.Clients)
	for _, plan := range w.plan.Clients {
		c := newClient(w, plan)
		w.clients = append(w.clients, c)
		w.Go(func() {
			c.live()
			busy--
		})
	}
	for end := w.plan.World.Length + longestLife; busy > 0 && w.elapsed() < end; {
		w.Run(w.now.Add(slice))
	}
	if busy > 0 {
		w.violate("no request hangs", "%d clients still wait after %s", busy, w.elapsed())
	}
}

// calm ends all faults and waits until nothing is left to do.
func (w *World) calm() {
	w.misfortunes.over = true
	clear(w.cut)
	clear(w.kills)
	w.tell("CALM no more faults")
	begin := w.elapsed()
	for {
		w.Run(w.now.Add(time.Minute))
		calm := w.elapsed() - begin
		rests := calm >= shortestCalm && (w.plan.Mode == KVOnly || w.atRest() == "") // KV alone never may
		if rests || calm > longestCalm {
			return
		}
	}
}

// ring runs the scheduled event every minute, in one isolate or another.
func (w *World) ring() {
	n := w.cron.IntN(w.plan.World.Locations * w.plan.World.IsolatesEach)
	w.cluster.DispatchScheduled(n, "* * * * *", w.now, func(error) {})
	w.AfterFunc(time.Minute, w.ring)
}

// scheduleFaults arranges for the faults that strike at a moment.
func (w *World) scheduleFaults() {
	isolates := w.plan.World.Locations * w.plan.World.IsolatesEach
	w.misfortunes.schedule(IsolateEvicted, func(f *Fault) string {
		w.restart(f.Number % isolates)
		return fmt.Sprintf("isolate %d", f.Number%isolates)
	})
	w.misfortunes.schedule(InstanceKilled, func(f *Fault) string {
		w.kills[f.Number%isolates] = &kill{f, 1 + f.Number}
		return "" // it strikes when the call comes
	})
	w.misfortunes.schedule(LocationCut, func(f *Fault) string {
		location := f.Number % w.plan.World.Locations
		w.cut[location] = w.now.Add(f.For)
		return fmt.Sprintf("location %d for %.1f s", location, f.For.Seconds())
	})
	w.misfortunes.schedule(ObjectsRestart, func(f *Fault) string {
		n := f.Number % w.plan.World.ObjectIsolates
		w.interruptAll("")
		w.cluster.RestartObjects(n)
		return fmt.Sprintf("isolate %d of objects", n)
	})
	w.misfortunes.schedule(ObjectEvicted, func(f *Fault) string {
		if len(w.disk.names) == 0 {
			return ""
		}
		name := w.disk.names[len(w.disk.names)-1-f.Number%min(8, len(w.disk.names))]
		w.cluster.EvictObject("Sequencer", name, func(evicted bool) {
			if evicted {
				w.misfortunes.struck(f, name)
			}
		})
		return ""
	})
}

// restart throws an isolate away with all that runs in it.
func (w *World) restart(n int) {
	w.interruptAll(fmt.Sprintf("request/%d", n))
	w.cluster.Restart(n)
}

func (w *World) restartObjectsOf(on *call) {
	for n := range w.plan.World.ObjectIsolates {
		w.cluster.RestartObjects(n)
	}
}

// watch sees each host call of a Go program, and makes those that were struck
// trap.
func (w *World) watch(isolate, name string, stack []byte) error {
	w.witness.hostCall(isolate, name, stack)
	n := isolateOf(isolate)
	k := w.kills[n]
	if k == nil {
		return nil
	}
	if k.left--; k.left > 0 {
		return nil
	}
	delete(w.kills, n)
	w.interruptAll(isolate)
	w.misfortunes.struck(k.fault, fmt.Sprintf("a program in isolate %d, at its call of %s", n, name))
	return gojs.ErrKilled
}

// kill is a program's death that is to come.
type kill struct {
	fault *Fault
	left  int // host calls of its isolate until then
}

// alarm is for isolate.Options.Alarm.
func (w *World) alarm(_, object string) (late time.Duration, again bool) {
	if f := w.misfortunes.strike(AlarmLate, object); f != nil {
		late = 10 * f.For
	}
	return late, w.misfortunes.strike(AlarmAgain, object) != nil
}

// uncaught judges an error that nobody in the worker handled. A program that was
// killed says so; an alarm may fail and is tried again.
func (w *World) uncaught(text string) {
	for _, expected := range []string{"(in alarm of", gojs.ErrKilled.Error(), "restarted", "was reset"} {
		if strings.Contains(text, expected) {
			return
		}
	}
	w.violate("nothing is uncaught", "%s", text)
}
