package cron

import (
	"fmt"
	"strconv"
	"strings"
)

// field is one of the five fields of an expression: its name, the least and the
// greatest value, and the names of values, from the least up.
type field struct {
	name     string
	min, max int
	names    []string
}

var grammar = [5]field{
	{name: "minute", min: 0, max: 59},
	{name: "hour", min: 0, max: 23},
	{name: "day of month", min: 1, max: 31},
	{name: "month", min: 1, max: 12, names: []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}},
	{name: "day of week", min: 1, max: 7, names: []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}},
}

// parse returns the set of values that text selects.
func (f field) parse(text string) (set uint64, err error) {
	for item := range strings.SplitSeq(text, ",") {
		from, to, step, err := f.item(item)
		if err != nil {
			return 0, fmt.Errorf("%s %q: %w", f.name, text, err)
		}
		for n := from; n <= to; n += step {
			set |= 1 << n
		}
	}
	return set, nil
}

// item reads one part of a list: *, a, a-b, each with an optional /step. a/step
// runs from a to the end of the field.
func (f field) item(text string) (from, to, step int, err error) {
	span, stepText, stepped := strings.Cut(text, "/")
	first, last, ranged := strings.Cut(span, "-")
	switch {
	case span == "*":
		from, to = f.min, f.max
	default:
		if from, err = f.value(first); err != nil {
			return 0, 0, 0, err
		}
		to = from
		if ranged {
			if to, err = f.value(last); err != nil {
				return 0, 0, 0, err
			}
		} else if stepped {
			to = f.max
		}
	}
	if to < from {
		return 0, 0, 0, fmt.Errorf("the range %s runs backwards", span)
	}
	step = 1
	if stepped {
		if step, err = strconv.Atoi(stepText); err != nil || step < 1 || step > f.max {
			return 0, 0, 0, fmt.Errorf("%q is not a step", stepText)
		}
	}
	return from, to, step, nil
}

// value reads one number or name.
func (f field) value(text string) (int, error) {
	for i, name := range f.names {
		if strings.EqualFold(text, name) {
			return f.min + i, nil
		}
	}
	n, err := strconv.ParseUint(text, 10, 8)
	if err != nil {
		if strings.ContainsAny(text, "LW#?") {
			return 0, fmt.Errorf("%q uses L, W, # or ?, which the harness does not emulate", text)
		}
		return 0, fmt.Errorf("%q is not a value", text)
	}
	if v := int(n); v >= f.min && v <= f.max {
		return v, nil
	}
	if f.max == 7 {
		return 0, fmt.Errorf("%s is not within 1 (Sunday) and 7 (Saturday); names such as MON are never mistaken", text)
	}
	return 0, fmt.Errorf("%s is not within %d and %d", text, f.min, f.max)
}
