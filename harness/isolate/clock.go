package isolate

import "time"

// clock is the time as the code of an isolate sees it. As at the edge it stands
// still while code runs and moves when something comes in from outside, so that
// code cannot measure its own speed. A running clock is for measurements.
type clock struct {
	scheduler Scheduler
	origin    time.Time     // when the isolate began
	now       time.Duration // since origin; never goes back
	running   bool
	global    bool // global scope is being evaluated: the epoch, as at the edge
}

// real is the time since origin that the scheduler reads.
func (c *clock) real() time.Duration { return c.scheduler.Now().Sub(c.origin) }

// advance moves the clock to now.
func (c *clock) advance() { c.now = max(c.now, c.real()) }

// elapsed is the reading of the clock since origin.
func (c *clock) elapsed() time.Duration {
	if c.running {
		c.advance()
	}
	return c.now
}

// Walltime implements gojs.Clock.
func (c *clock) Walltime() time.Time {
	if c.global {
		return time.UnixMilli(0)
	}
	return c.origin.Add(c.elapsed()).Round(0)
}

// Nanotime implements gojs.Clock. It starts at 1, because the Go runtime takes 0
// for a clock that does not work.
func (c *clock) Nanotime() int64 { return int64(c.elapsed()) + 1 }
