package isolate

import (
	"fmt"
	"time"

	"github.com/grafana/sobek"
)

// alarm is a stored alarm, armed.
type alarm struct {
	at      int64 // unix ms
	timer   *timer
	retries int
	asked   bool // Options.Alarm has been asked
	again   bool // it runs once more when it succeeds
}

// An alarm handler that fails runs again after alarmBackoff, then after twice
// that, and so on; after maxAlarmRetries the alarm is dropped.
const (
	alarmBackoff    = 2 * time.Second
	maxAlarmRetries = 6
)

// setAlarm takes over an alarm that is on disk now; at is 0 when there is none
// any more.
func (t *objectTable) setAlarm(key objectKey, at int64) {
	if old := t.alarms[key]; old != nil {
		t.isolate.loop.stop(old.timer)
		delete(t.alarms, key)
	}
	if at == 0 {
		return
	}
	a := &alarm{at: at}
	t.alarms[key] = a
	t.arm(key, a, time.UnixMilli(at).Sub(t.isolate.loop.clock.Walltime()))
}

func (t *objectTable) arm(key objectKey, a *alarm, delay time.Duration) {
	a.timer = t.isolate.loop.afterQuietly(delay, func() { t.fire(key, a) })
}

// rearm is called when a batch did not get to the disk. If it would have ended
// an alarm that has rung, that one is still stored, and rings again.
func (t *objectTable) rearm(key objectKey) {
	a, o := t.alarms[key], t.objects[key]
	runs := o != nil && o.life != nil && o.life.alarming
	if a != nil && a.timer.index < 0 && !runs {
		t.arm(key, a, alarmBackoff)
	}
}

// fire runs the alarm handler of an object.
func (t *objectTable) fire(key objectKey, a *alarm) {
	if ask := t.isolate.options.Alarm; ask != nil && !a.asked {
		var late time.Duration
		a.asked = true
		if late, a.again = ask(key.class, key.name); late > 0 {
			t.arm(key, a, late)
			return
		}
	}
	o, err := t.object(key)
	if err != nil {
		t.isolate.uncaught("alarm: " + err.Error())
		return
	}
	o.enter(func(life *incarnation) {
		if _, changed := o.store.alarm(); t.alarms[key] != a || changed {
			return // another alarm is on its way to the disk
		}
		if life.alarming { // one handler at a time
			life.next = a
			return
		}
		life.runAlarm(a)
	})
}

func (life *incarnation) runAlarm(a *alarm) {
	o := life.object
	i := o.table.isolate
	life.alarming = true
	c := life.begin(func(r Reply) {
		life.alarming = false
		o.alarmDone(a, r.Err)
		if next := life.next; next != nil && o.table.alarms[o.key] == next {
			o.table.arm(o.key, next, 0)
		}
		life.next = nil
	})
	// The reply of an alarm must not wait for the disk: what follows from it is
	// a write itself.
	end := func(r Reply) {
		if c.remove() {
			c.reply(r)
		}
	}
	failed := func(reason sobek.Value) { end(Reply{Err: i.remoteError(reason)}) }
	if life.dead != nil {
		end(Reply{Err: asRemote(life.dead)})
		return
	}
	ex := i.rt.Try(func() {
		result := i.call("objectAlarm", life.instance, i.rt.ToValue(a.retries))
		i.settle(result, func(sobek.Value) { end(Reply{}) }, failed)
	})
	if ex != nil {
		failed(ex.Value())
	}
}

// alarmDone deletes an alarm whose handler succeeded and arranges for another
// run of one that failed. Where the handler set a new alarm, that one counts.
func (o *object) alarmDone(a *alarm, err *RemoteError) {
	t := o.table
	if t.isolate.stopped != nil {
		return // it is still stored, and rings in the next isolate
	}
	if err != nil {
		t.isolate.uncaught("Uncaught (in alarm of " + o.key.class + ") " + err.text())
	}
	if _, changed := o.store.alarm(); t.alarms[o.key] != a || changed {
		return
	}
	if err == nil && a.again {
		a.again = false
		t.arm(o.key, a, alarmBackoff)
		return
	}
	if err != nil && a.retries < maxAlarmRetries {
		t.arm(o.key, a, alarmBackoff<<a.retries)
		a.retries++
		return
	}
	if err != nil {
		t.isolate.uncaught(fmt.Sprintf("the alarm of a %s is dropped after %d retries", o.key.class, a.retries))
	}
	none := int64(0)
	o.store.current.alarm = &none
	t.touch(o)
}
