package breakdown

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// clock is a time for people, to the millisecond in UTC.
func clock(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05.000")
}

// percent is a share, 0 to 1, for people.
func percent(v float64) string { return strconv.FormatFloat(v*100, 'f', 2, 64) + " %" }

// millis is a duration in milliseconds, as exact as a sketch knows it.
func millis(v float64) string {
	switch {
	case v < 10:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case v < 100:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return grouped(int64(math.Round(v)))
}

// grouped is a number with its thousands apart.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	var b strings.Builder
	for i, c := range text {
		if i > 0 && (len(text)-i)%3 == 0 && text[i-1] != '-' {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// size is a number of bytes.
func size(n int64) string {
	switch {
	case n >= 10_000_000:
		return grouped(n/1_000_000) + " MB"
	case n >= 10_000:
		return grouped(n/1_000) + " kB"
	}
	return grouped(n) + " bytes"
}

// span is a duration of whole seconds, in the greatest unit that divides it.
func span(seconds float64) string {
	n := int64(seconds)
	for _, unit := range []struct {
		name string
		is   int64
	}{{"day", 86400}, {"hour", 3600}, {"minute", 60}} {
		if n >= unit.is && n%unit.is == 0 {
			return plural(n/unit.is, unit.name)
		}
	}
	return plural(n, "second")
}

func plural(n int64, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return grouped(n) + " " + unit + "s"
}

// sparkline draws numbers as one line of blocks, the greatest as a full one and none as a space.
func sparkline(values []int64) string {
	var top int64 = 1
	for _, v := range values {
		top = max(top, v)
	}
	var b strings.Builder
	for _, v := range values {
		if v == 0 {
			b.WriteByte(' ')
			continue
		}
		b.WriteRune([]rune("▁▂▃▄▅▆▇█")[min(7, v*8/top)])
	}
	return b.String()
}
