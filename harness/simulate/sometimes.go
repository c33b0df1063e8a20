package simulate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// oftenEnough is how often a step of a saga occurs in a sweep before it counts
// as a gap that none of its calls was interrupted.
const oftenEnough = 150

// judge looks for what should have happened and did not. A sweep that is too
// small to meet everything, or that is about one thing, is not judged.
func (s *Summary) judge() {
	if s.Mode == KVOnly || s.Scenario != "" || s.Seeds < len(Kinds) {
		return
	}
	s.Judged = true
	for _, k := range slices.Concat(Kinds, Natural) {
		if s.Happened[k] == 0 {
			s.Missing = append(s.Missing, "fault "+string(k))
		}
	}
	for _, kind := range ErrorKinds {
		if s.ErrorKinds[kind] == 0 {
			s.Missing = append(s.Missing, "error_kind "+kind)
		}
	}
	for _, step := range s.commits() {
		if s.Steps[step] >= oftenEnough && s.Broken[step] == 0 {
			s.Missing = append(s.Missing, fmt.Sprintf("an interruption of %q, which occurred %d times", step, s.Steps[step]))
		}
	}
}

// commits are the steps that write, by name.
func (s *Summary) commits() []string {
	var out []string
	for _, step := range slices.Sorted(maps.Keys(s.Steps)) {
		if strings.HasPrefix(step, "commit ") {
			out = append(out, step)
		}
	}
	return out
}
