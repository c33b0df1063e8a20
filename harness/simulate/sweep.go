package simulate

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Sweep is a range of seeds to be run.
type Sweep struct {
	Options
	From, To uint64   // seeds, both included
	More     []uint64 // seeds that come before them
	// Until ends the sweep although there are seeds left; zero for never. With
	// it, To may be 0 for no end.
	Until   time.Time
	Workers int // how many worlds at once
	// Twice is how many seeds between two that are run a second time, to see that
	// the second run is the first; 0 for none.
	Twice    uint64
	Progress func(*Summary)
}

// Summary is what a sweep has found.
type Summary struct {
	Mode       Mode           `json:"mode"`
	Scenario   string         `json:"scenario,omitempty"`
	Seeds      int            `json:"seeds"`
	Failures   []*Failure     `json:"failures"`
	Repeated   int            `json:"repeated"` // seeds that were run twice
	Requests   int            `json:"requests"`
	Calls      int            `json:"sequencer_calls"`
	HostCalls  uint64         `json:"host_calls"`
	Simulated  time.Duration  `json:"simulated_ns"`
	Took       time.Duration  `json:"took_ns"`
	Workers    int            `json:"workers"`
	Happened   map[Kind]int   `json:"happened"`
	ErrorKinds map[string]int `json:"error_kinds"`
	Steps      map[string]int `json:"steps"`
	Broken     map[string]int `json:"steps_interrupted"`
	// LostUpdates and TwoOwners are the seeds in which an update was lost, and in
	// which a name had two owners.
	LostUpdates int `json:"seeds_with_lost_updates"`
	TwoOwners   int `json:"seeds_with_two_owners"`
	// Missing is what should have happened and did not.
	Missing []string `json:"missing"`
	Judged  bool     `json:"judged"` // whether Missing was looked for
}

// Failure is a seed that broke a promise.
type Failure struct {
	Seed       uint64      `json:"seed"`
	Violations []Violation `json:"violations"`
	Command    string      `json:"command"` // replays it
	Story      *Story      `json:"story,omitempty"`
	Pictures   []string    `json:"pictures,omitempty"`
}

// Failed reports that a promise was broken, or that something which had to
// happen never did.
func (s *Summary) Failed() bool { return len(s.Failures) > 0 || len(s.Missing) > 0 }

// Sweep runs the seeds. The summary does not depend on how many run at once,
// but for its times. The error is one of the options, or of the context.
func (l *Lab) Sweep(ctx context.Context, s Sweep) (*Summary, error) {
	if _, err := NewPlan(s.From, s.Options); err != nil {
		return nil, err
	}
	began := time.Now()
	sum := newSummary(s)
	var mu sync.Mutex
	next := s.From
	take := func() (uint64, bool) {
		mu.Lock()
		defer mu.Unlock()
		late := !s.Until.IsZero() && time.Now().After(s.Until)
		switch {
		case late || ctx.Err() != nil:
			return 0, false
		case len(s.More) > 0:
			seed := s.More[0]
			s.More = s.More[1:]
			return seed, true
		case s.To != 0 && next > s.To:
			return 0, false
		}
		next++
		return next - 1, true
	}
	var wg sync.WaitGroup
	for range max(1, s.Workers) {
		wg.Go(func() {
			for seed, ok := take(); ok; seed, ok = take() {
				plan, _ := NewPlan(seed, s.Options)
				r := l.Run(plan)
				twice := s.Twice > 0 && seed%s.Twice == 0
				if twice {
					if again := l.Run(plan); again.Hash != r.Hash {
						r.Violations = append(r.Violations, Violation{"a seed is one world", "the hash of a second run is " + again.Hash + ", of the first " + r.Hash})
					}
				}
				mu.Lock()
				sum.add(r, twice)
				sum.Took = time.Since(began)
				if s.Progress != nil {
					s.Progress(sum)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	slices.SortFunc(sum.Failures, func(a, b *Failure) int { return int(int64(a.Seed) - int64(b.Seed)) })
	sum.judge()
	return sum, ctx.Err()
}

func newSummary(s Sweep) *Summary {
	return &Summary{
		Mode: s.Mode, Scenario: s.Scenario, Workers: max(1, s.Workers), Failures: []*Failure{}, Missing: []string{},
		Happened: map[Kind]int{}, ErrorKinds: map[string]int{}, Steps: map[string]int{}, Broken: map[string]int{},
	}
}

func (s *Summary) add(r *Result, twice bool) {
	s.Seeds++
	if twice {
		s.Repeated++
	}
	s.Requests += r.Requests
	s.Calls += r.Calls
	s.HostCalls += r.HostCalls
	s.Simulated += r.Time
	if r.LostUpdate {
		s.LostUpdates++
	}
	if r.TwoOwners {
		s.TwoOwners++
	}
	addAll(s.Happened, r.Happened)
	addAll(s.ErrorKinds, r.ErrorKinds)
	addAll(s.Steps, r.Steps)
	addAll(s.Broken, r.Broken)
	if len(r.Violations) > 0 {
		s.Failures = append(s.Failures, &Failure{Seed: r.Seed, Violations: r.Violations, Command: ReplayCommand(r.Seed, s.Mode, s.Scenario, nil, nil)})
	}
}

func addAll[K comparable](sum, more map[K]int) {
	for k, n := range more {
		sum[k] += n
	}
}
