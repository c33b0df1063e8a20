package simulate

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// WriteText writes the summary for people.
func (s *Summary) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d seeds, %d failed\n", s.Mode, s.Seeds, len(s.Failures))
	fmt.Fprintf(&b, "%d requests, %d calls of the sequencer, %d host calls; %d seeds run twice with the same hash\n", s.Requests, s.Calls, s.HostCalls, s.Repeated)
	fmt.Fprintf(&b, "%s: %.2f seeds per second on %d cores, %.1f simulated hours per real minute\n", s.Took.Round(time.Second), s.SeedsPerSecond(), s.Workers, s.HoursPerMinute())
	fmt.Fprintf(&b, "seeds with a lost update: %d, with two owners of a name: %d\n", s.LostUpdates, s.TwoOwners)
	table(&b, "what went wrong", s.Happened, slices.Concat(Kinds, Natural, []Kind{KVTooOften}))
	table(&b, "error_kind", s.ErrorKinds, ErrorKinds)
	interrupted := 0
	for _, step := range s.commits() {
		if s.Broken[step] > 0 {
			interrupted++
		}
	}
	fmt.Fprintf(&b, "\n%d of %d kinds of commits were interrupted at least once\n", interrupted, len(s.commits()))
	if !s.Judged {
		fmt.Fprintf(&b, "Whether everything happened is judged for a mix of %d seeds or more.\n", len(Kinds))
	}
	for _, m := range s.Missing {
		fmt.Fprintf(&b, "NEVER: %s\n", m)
	}
	for n, f := range s.Failures {
		if n == maxShown {
			fmt.Fprintf(&b, "\n... and %d more seeds\n", len(s.Failures)-n)
			break
		}
		f.write(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// maxShown is how many failed seeds a text shows.
const maxShown = 10

func table[K ~string](b *strings.Builder, title string, counts map[K]int, names []K) {
	fmt.Fprintf(b, "\n%s\n", title)
	for _, name := range names {
		fmt.Fprintf(b, "  %-22s %8d\n", name, counts[name])
	}
}

// SeedsPerSecond is how fast the sweep was.
func (s *Summary) SeedsPerSecond() float64 { return float64(s.Seeds) / max(s.Took.Seconds(), 1e-9) }

// HoursPerMinute is how much time the worlds lived through in a real minute.
func (s *Summary) HoursPerMinute() float64 {
	return s.Simulated.Hours() / max(s.Took.Minutes(), 1e-9)
}

func (f *Failure) write(b *strings.Builder) {
	fmt.Fprintf(b, "\nFAIL seed %d\n", f.Seed)
	for n, v := range f.Violations {
		if n == maxShown {
			fmt.Fprintf(b, "  ... and %d more\n", len(f.Violations)-n)
			break
		}
		fmt.Fprintf(b, "  %s\n", v)
	}
	fmt.Fprintf(b, "  replay: %s\n", f.Command)
	for _, p := range f.Pictures {
		fmt.Fprintf(b, "  picture: %s\n", p)
	}
	if f.Story != nil {
		f.Story.write(b)
	}
}

// WriteText writes the story for people.
func (s *Story) WriteText(w io.Writer) error {
	var b strings.Builder
	s.write(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func (s *Story) write(b *strings.Builder) {
	fmt.Fprintf(b, "\n  The least that breaks %q: %d faults, %d steps (%d runs)\n", s.Property, len(s.Faults), len(s.Steps), s.Runs)
	fmt.Fprintf(b, "  replay: %s\n\n", s.Command)
	fmt.Fprintf(b, "  A world of %d locations with %d isolates each, %d isolates of objects, %d instances each.\n",
		s.World.Locations, s.World.IsolatesEach, s.World.ObjectIsolates, s.World.MaxInstances)
	for _, line := range s.Events {
		fmt.Fprintf(b, "  %s\n", line)
	}
}

// WriteText writes all that happened in a run.
func (r *Result) WriteText(w io.Writer, p *Plan) error {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d, %s: %d locations with %d isolates each, %d isolates of objects, %d instances each, %d usernames; %d steps, %d faults\n",
		r.Seed, p.Mode, p.World.Locations, p.World.IsolatesEach, p.World.ObjectIsolates, p.World.MaxInstances, p.World.Names, p.Steps(), len(p.Faults))
	for _, line := range r.Story {
		fmt.Fprintln(&b, line)
	}
	fmt.Fprintf(&b, "\nhash %s, %d requests, %d calls of the sequencer, %s simulated, %d promises broken\n",
		r.Hash, r.Requests, r.Calls, r.Time.Round(time.Second), len(r.Violations))
	_, err := io.WriteString(w, b.String())
	return err
}
