package cron

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestNext(t *testing.T) {
	// 2026-01-01 is a Thursday.
	for _, tt := range []struct{ expression, from, want string }{
		{"* * * * *", "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"},
		{"* * * * *", "2026-01-01T00:00:59.999Z", "2026-01-01T00:01:00Z"},
		{"* * * * *", "2025-12-31T23:59:30Z", "2026-01-01T00:00:00Z"},
		{"*/15 * * * *", "2026-01-01T00:00:00Z", "2026-01-01T00:15:00Z"},
		{"*/15 * * * *", "2026-01-01T00:50:00Z", "2026-01-01T01:00:00Z"},
		{"5/20 * * * *", "2026-01-01T00:26:00Z", "2026-01-01T00:45:00Z"},
		{"7-9,30 * * * *", "2026-01-01T00:07:00Z", "2026-01-01T00:08:00Z"},
		{"7-9,30 * * * *", "2026-01-01T00:09:00Z", "2026-01-01T00:30:00Z"},
		{"10-30/10 3 * * *", "2026-01-01T03:20:00Z", "2026-01-01T03:30:00Z"},
		{"10-30/10 3 * * *", "2026-01-01T03:30:00Z", "2026-01-02T03:10:00Z"},
		{"0 17 * * sun", "2026-01-01T00:00:00Z", "2026-01-04T17:00:00Z"},
		{"0 17 * * 1", "2026-01-01T00:00:00Z", "2026-01-04T17:00:00Z"},
		{"10 7 * * MON-FRI", "2026-01-02T08:00:00Z", "2026-01-05T07:10:00Z"},
		{"10 7 * * 2-6", "2026-01-02T08:00:00Z", "2026-01-05T07:10:00Z"},
		{"0 0 * * 7", "2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z"},
		{"0 15 1 * *", "2026-01-01T15:00:00Z", "2026-02-01T15:00:00Z"},
		{"0 0 31 * *", "2026-01-31T00:00:00Z", "2026-03-31T00:00:00Z"},
		{"0 0 1 mar,Jul *", "2026-03-01T00:00:00Z", "2026-07-01T00:00:00Z"},
		{"0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"},
		{"0 0 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z"},
		{"0 0 13 * FRI", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"}, // either day field
		{"0 0 13 * FRI", "2026-01-09T00:00:00Z", "2026-01-13T00:00:00Z"},
		{"59 23 31 12 *", "2026-01-01T00:00:00Z", "2026-12-31T23:59:00Z"},
		{"0 0 1 1 *", "2026-01-01T00:00:00+05:00", "2026-01-01T00:00:00Z"},
	} {
		s, err := Parse(tt.expression)
		if err != nil {
			t.Errorf("Parse(%q): %v", tt.expression, err)
			continue
		}
		from, err := time.Parse(time.RFC3339, tt.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Next(from).Format(time.RFC3339); got != tt.want {
			t.Errorf("%q after %s = %s, want %s", tt.expression, tt.from, got, tt.want)
		}
		if s.String() != tt.expression {
			t.Errorf("String() = %q, want %q", s, tt.expression)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for expression, want := range map[string]string{
		"":                  "has 0 fields, not 5",
		"* * * *":           "has 4 fields, not 5",
		"* * * * * *":       "has 6 fields, not 5",
		"60 * * * *":        `minute "60": 60 is not within 0 and 59`,
		"* 24 * * *":        `hour "24"`,
		"* * 0 * *":         `day of month "0"`,
		"* * * 13 *":        `month "13"`,
		"* * * * 0":         "1 (Sunday) and 7 (Saturday)",
		"* * * * 8":         "1 (Sunday) and 7 (Saturday)",
		"*/0 * * * *":       `"0" is not a step`,
		"*/x * * * *":       `"x" is not a step`,
		"*/99 * * * *":      `"99" is not a step`,
		"5-1 * * * *":       "runs backwards",
		"1,,2 * * * *":      `"" is not a value`,
		"-1 * * * *":        `"" is not a value`,
		"1- * * * *":        `"" is not a value`,
		"a * * * *":         `"a" is not a value`,
		"* * L * *":         "does not emulate",
		"* * * * MON#2":     "does not emulate",
		"0 0 30 2 *":        "never comes true",
		"0 0 31 4,6,9,11 *": "never comes true",
	} {
		if _, err := Parse(expression); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q) = %v, want an error with %q", expression, err, want)
		}
	}
}

// TestNextAgainstEveryMinute compares Next with looking at one minute after the
// other.
func TestNextAgainstEveryMinute(t *testing.T) {
	part := func(min, max int) *rapid.Generator[string] {
		return rapid.OneOf(
			rapid.Just("*"),
			rapid.Map(rapid.IntRange(min, max), func(n int) string { return itoa(n) }),
			rapid.Custom(func(t *rapid.T) string {
				from := rapid.IntRange(min, max).Draw(t, "from")
				return itoa(from) + "-" + itoa(rapid.IntRange(from, max).Draw(t, "to")) + "/" + itoa(rapid.IntRange(1, 7).Draw(t, "step"))
			}),
		)
	}
	rapid.Check(t, func(t *rapid.T) {
		var fields []string
		for _, f := range grammar {
			fields = append(fields, part(f.min, f.max).Draw(t, f.name))
		}
		s, err := Parse(strings.Join(fields, " "))
		if err != nil {
			t.Skip(err)
		}
		from := time.Unix(rapid.Int64Range(1_700_000_000, 1_900_000_000).Draw(t, "from"), 0).UTC()
		next := s.Next(from)
		limit := from.Add(40 * 24 * time.Hour)
		for m := from.Truncate(time.Minute).Add(time.Minute); m.Before(limit); m = m.Add(time.Minute) {
			matches := has(s.minute, m.Minute()) && has(s.hour, m.Hour()) && has(s.month, int(m.Month())) && s.day(m)
			if matches != m.Equal(next) {
				t.Fatalf("%q after %s: Next says %s, looking at %s says %v", s, from, next, m, matches)
			}
			if matches {
				return
			}
		}
		if next.Before(limit) {
			t.Fatalf("%q after %s: Next says %s, no minute matches", s, from, next)
		}
	})
}

func itoa(n int) string { return string(rune('0'+n/10)) + string(rune('0'+n%10)) }
