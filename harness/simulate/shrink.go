package simulate

import (
	"fmt"
	"slices"
	"strings"
)

// Story is the least that still breaks the same promise, and how it comes about.
type Story struct {
	Property string      `json:"property"`
	Command  string      `json:"command"` // replays just this
	Faults   []*Fault    `json:"faults"`
	Steps    []string    `json:"steps"` // "<id> <script>"
	World    Shape       `json:"world"`
	Events   []string    `json:"events"`
	Broken   []Violation `json:"violations"`
	Runs     int         `json:"runs"` // that the search took
	Plan     *Plan       `json:"plan"` // just this, to be kept
	result   *Result
}

// maxShrinkRuns bounds the search for a story.
const maxShrinkRuns = 250

// Shrink looks for the fewest faults and steps with which a seed still breaks
// the promise that it breaks. nil when it breaks none.
func (l *Lab) Shrink(p *Plan) *Story { return l.shrink(p, "") }

// shrink is Shrink for one promise, the first that is broken with "".
func (l *Lab) shrink(p *Plan, property string) *Story {
	first := l.Run(p)
	at := slices.IndexFunc(first.Violations, func(v Violation) bool { return property == "" || v.Property == property })
	if at < 0 {
		return nil
	}
	s := &shrinker{lab: l, plan: p, property: first.Violations[at].Property, best: first, runs: 1}
	var faults, steps []part
	for _, f := range first.Faults {
		if f.Struck != "" {
			faults = append(faults, part{fault: f.ID})
		}
	}
	for _, c := range p.Clients {
		for _, step := range c.Steps {
			steps = append(steps, part{step: step.ID, script: step.Script})
		}
	}
	all := append(faults, steps...)
	if !s.fails(all) {
		for _, f := range first.Faults { // one that did not strike in the end moved something
			if f.Struck == "" {
				all = append(all, part{fault: f.ID})
			}
		}
		s.best = first
	}
	if s.fails(steps) { // without any fault
		all = steps
	}
	return s.story(s.minimise(all))
}

// part is a fault or a step of a plan.
type part struct {
	fault        int
	step, script string
}

type shrinker struct {
	lab      *Lab
	plan     *Plan
	property string
	best     *Result
	runs     int
}

// fails reports whether a plan of these parts breaks the promise.
func (s *shrinker) fails(parts []part) bool {
	if s.runs >= maxShrinkRuns {
		return false
	}
	s.runs++
	steps, faults := split(parts)
	r := s.lab.Run(s.plan.Only(steps, faults))
	for _, v := range r.Violations {
		if v.Property == s.property {
			s.best = r
			return true
		}
	}
	return false
}

func split(parts []part) (steps []string, faults []int) {
	steps, faults = []string{}, []int{}
	for _, p := range parts {
		if p.step != "" {
			steps = append(steps, p.step)
		} else {
			faults = append(faults, p.fault)
		}
	}
	return steps, faults
}

// minimise leaves out ever smaller runs of parts as long as the rest still
// fails.
func (s *shrinker) minimise(parts []part) []part {
	for size := len(parts) / 2; size > 0; {
		left := false
		for from := 0; from < len(parts); {
			to := min(from+size, len(parts))
			rest := append(append([]part(nil), parts[:from]...), parts[to:]...)
			if s.fails(rest) {
				parts, left = rest, true
			} else {
				from = to
			}
		}
		if size > 1 {
			size /= 2
		} else if !left {
			break
		}
	}
	return parts
}

func (s *shrinker) story(parts []part) *Story {
	steps, faults := split(parts)
	out := &Story{
		Property: s.property, Command: ReplayCommand(s.plan.Seed, s.plan.Mode, s.plan.Scenario, steps, faults),
		World: s.plan.World, Plan: s.plan.Only(steps, faults), Events: s.best.Story, Broken: s.best.Violations, Runs: s.runs, result: s.best,
		Faults: []*Fault{}, Steps: []string{},
	}
	for _, f := range s.best.Faults {
		if f.Struck != "" {
			out.Faults = append(out.Faults, f)
		}
	}
	for _, p := range parts {
		if p.step != "" {
			out.Steps = append(out.Steps, p.step+" "+p.script)
		}
	}
	return out
}

// Pictures writes the pictures of the story's histories into a folder.
func (s *Story) Pictures(dir string) ([]string, error) { return s.result.Pictures(dir) }

// ReplayCommand is the line that runs a seed again, or only some parts of it.
func ReplayCommand(seed uint64, m Mode, scenario string, steps []string, faults []int) string {
	line := fmt.Sprintf("go run ./harness/cmd/tracedge simulate --replay %d", seed)
	if m == KVOnly {
		line += " --mode " + string(m)
	}
	if scenario != "" {
		line += " --scenario " + scenario
	}
	if faults != nil {
		line += " --only-faults " + orNone(strings.Trim(strings.ReplaceAll(fmt.Sprint(faults), " ", ","), "[]"))
	}
	if steps != nil {
		line += " --only-steps " + orNone(strings.Join(steps, ","))
	}
	return line
}

func orNone(list string) string {
	if list == "" {
		return "none"
	}
	return list
}
