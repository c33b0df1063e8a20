// Package cron reads the cron expressions of Workers cron triggers and finds the
// times they stand for. All times are UTC.
//
// An expression has five fields: minute 0-59, hour 0-23, day of month 1-31,
// month 1-12 or JAN-DEC, day of week 1-7 or SUN-SAT. Days of the week are
// numbered as the platform does it, 1 is Sunday; the names mean the same
// everywhere. A field is a list of items with commas between; an item is *, a
// value or a range a-b, each with an optional step /n. As with any cron, a day
// matches when either of the two day fields does, unless one of them is *. The
// platform's further signs L, W and # are refused.
package cron

import (
	"fmt"
	"math/bits"
	"strings"
	"time"
)

// Schedule is a parsed expression. Its zero value never fires.
type Schedule struct {
	text                          string
	minute, hour, dom, month, dow uint64 // bit n is set when value n matches
	anyDOM, anyDOW                bool   // the field is *
}

// Parse reads an expression.
func Parse(expression string) (Schedule, error) {
	fields := strings.Fields(expression)
	if len(fields) != 5 {
		return Schedule{}, fmt.Errorf("cron expression %q has %d fields, not 5", expression, len(fields))
	}
	s := Schedule{text: expression, anyDOM: fields[2] == "*", anyDOW: fields[4] == "*"}
	for i, set := range []*uint64{&s.minute, &s.hour, &s.dom, &s.month, &s.dow} {
		var err error
		if *set, err = grammar[i].parse(fields[i]); err != nil {
			return Schedule{}, fmt.Errorf("cron expression %q: %w", expression, err)
		}
	}
	if s.Next(time.Unix(0, 0)).IsZero() {
		return Schedule{}, fmt.Errorf("cron expression %q never comes true", expression)
	}
	return s, nil
}

// String returns the expression as it was given to Parse.
func (s Schedule) String() string { return s.text }

// longestGap is more than the longest time between two 29ths of February, which
// is eight years around 2100, on any one day of the week (forty years).
const longestGap = 41 * 366 * 24 * time.Hour

// Next returns the first full minute after t that matches, in UTC, or the zero
// time when there is none.
func (s Schedule) Next(t time.Time) time.Time {
	t = t.UTC().Truncate(time.Minute).Add(time.Minute)
	end := t.Add(longestGap)
	for t.Before(end) {
		switch {
		case !has(s.month, int(t.Month())):
			t = time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, time.UTC)
		case !s.day(t):
			t = time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, time.UTC)
		case !has(s.hour, t.Hour()):
			t = t.Truncate(time.Hour).Add(time.Hour)
		case !has(s.minute, t.Minute()):
			t = t.Add(time.Duration(s.minutesToNext(t.Minute())) * time.Minute)
		default:
			return t
		}
	}
	return time.Time{}
}

// day reports whether the day of t matches the two day fields.
func (s Schedule) day(t time.Time) bool {
	dom, dow := has(s.dom, t.Day()), has(s.dow, int(t.Weekday())+1)
	if s.anyDOM || s.anyDOW {
		return dom && dow
	}
	return dom || dow
}

// minutesToNext returns how many minutes lie between minute and the next one that
// matches, or the end of the hour.
func (s Schedule) minutesToNext(minute int) int {
	return min(bits.TrailingZeros64(s.minute>>minute), 60-minute)
}

func has(set uint64, n int) bool { return set&(1<<n) != 0 }
