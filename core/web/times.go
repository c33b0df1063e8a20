package web

import (
	"bytes"
	"strconv"
	"time"
)

// The time marks of conventions, section 7. Convert a time.Time into the type of the row; all are UTC on the wire.
type (
	// Secs is whole Unix seconds as a JSON integer.
	Secs time.Time
	// TimeZ is RFC 3339 with Z, the form of domain objects. As input it takes RFC 3339 with any offset.
	TimeZ time.Time
	// TimeOffset is RFC 3339 with +00:00.
	TimeOffset time.Time
)

// MarshalJSON writes the seconds.
func (t Secs) MarshalJSON() ([]byte, error) {
	return strconv.AppendInt(nil, time.Time(t).Unix(), 10), nil
}

// UnmarshalJSON reads whole seconds; null changes nothing.
func (t *Secs) UnmarshalJSON(doc []byte) error {
	if string(doc) == "null" {
		return nil
	}
	n, err := integer(string(doc))
	if err != nil {
		return expected("an integer of Unix seconds")
	}
	*t = Secs(time.Unix(n, 0).UTC())
	return nil
}

// MarshalText writes the time with 0, 3, 6 or 9 fraction digits, the shortest that is exact.
func (t TimeZ) MarshalText() ([]byte, error) { return stamp(time.Time(t), "Z"), nil }

// UnmarshalText reads RFC 3339 with any offset.
func (t *TimeZ) UnmarshalText(text []byte) error {
	var v time.Time
	// The library also takes an hour of one digit and a comma before the fraction.
	strict := len(text) >= len("2006-01-02T15:04:05Z") && text[13] == ':' && bytes.IndexByte(text, ',') < 0
	if err := v.UnmarshalText(text); err != nil || !strict {
		return &mismatch{message: "Expected an RFC 3339 time"}
	}
	v = v.UTC()
	if year := v.Year(); year < 0 || year > 9999 { // an offset has moved it to where RFC 3339 has no text for it
		return &mismatch{message: "Expected a time of the years 0 to 9999"}
	}
	*t = TimeZ(v)
	return nil
}

// MarshalText writes the time as TimeZ does, with another name for UTC.
func (t TimeOffset) MarshalText() ([]byte, error) { return stamp(time.Time(t), "+00:00"), nil }

// String is the text of MarshalText.
func (t TimeZ) String() string { return string(stamp(time.Time(t), "Z")) }

func stamp(t time.Time, zone string) []byte {
	t = t.UTC()
	layout := "2006-01-02T15:04:05"
	switch ns := t.Nanosecond(); {
	case ns == 0:
	case ns%1e6 == 0:
		layout += ".000"
	case ns%1e3 == 0:
		layout += ".000000"
	default:
		layout += ".000000000"
	}
	return append(t.AppendFormat(nil, layout), zone...)
}
