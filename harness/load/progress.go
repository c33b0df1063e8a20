package load

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Phases of a run.
const (
	PhaseAccounts = "accounts" // making the accounts
	PhaseRun      = "run"      // on schedule, and waiting for what was sent
	PhaseDone     = "done"
)

// Progress is how far a run is.
type Progress struct {
	Phase                  string
	Accounts, AllAccounts  int           // only while they are made
	Elapsed, Total         time.Duration // of the schedule
	Due, Answered, Failed  int64
	InFlight, WaitingPlace int
}

func (r *run) progress(phase string) {
	if r.options.Progress == nil {
		return
	}
	r.mu.Lock()
	busy, waiting := r.busy, len(r.queue)
	r.mu.Unlock()
	r.options.Progress(Progress{
		Phase: phase, Elapsed: time.Since(r.start), Total: r.options.Duration,
		Due: r.due.Load(), Answered: r.tally.all.requests, Failed: r.tally.all.failed, InFlight: busy, WaitingPlace: waiting,
	})
}

const (
	barWidth   = 30 // characters
	plainEvery = 10 // calls between two lines where there is no terminal
)

// Meter shows progress: as one line that is drawn again on a terminal, and elsewhere as a line now and then.
func Meter(w io.Writer, terminal bool) func(Progress) {
	if terminal {
		return func(p Progress) {
			end := ""
			if p.Phase == PhaseDone || p.Phase == PhaseAccounts && p.Accounts == p.AllAccounts {
				end = "\n"
			}
			// Erase to the end of the line: the one before may have been longer.
			fmt.Fprintf(w, "\r%s %s\x1b[K%s", p.bar(), p, end)
		}
	}
	calls := 0
	return func(p Progress) {
		if p.Phase == PhaseAccounts {
			if p.Accounts == p.AllAccounts {
				fmt.Fprintln(w, p)
			}
			return
		}
		if calls++; calls%plainEvery == 0 || p.Phase == PhaseDone {
			fmt.Fprintln(w, p)
		}
	}
}

func (p Progress) bar() string {
	part := float64(p.Elapsed) / float64(max(p.Total, 1))
	if p.Phase == PhaseAccounts {
		part = float64(p.Accounts) / float64(max(p.AllAccounts, 1))
	}
	done := min(barWidth, int(part*barWidth))
	return "[" + strings.Repeat("=", done) + strings.Repeat(" ", barWidth-done) + "]"
}

func (p Progress) String() string {
	if p.Phase == PhaseAccounts {
		return fmt.Sprintf("%d of %d accounts made", p.Accounts, p.AllAccounts)
	}
	text := fmt.Sprintf("%.0f s: due %d, done %d, failed %d", p.Elapsed.Seconds(), p.Due, p.Answered, p.Failed)
	if p.Phase == PhaseRun {
		text += fmt.Sprintf(", %d in flight", p.InFlight)
		if p.WaitingPlace > 0 {
			text += fmt.Sprintf(", %d waiting", p.WaitingPlace)
		}
	}
	return text
}
