package events

import (
	"strconv"
	"time"

	"tracedge/core/fault"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type pageQuery struct {
	web.Page
}

type searchQuery struct {
	web.Page
	DFID       *string         `query:"dfid"`
	Circuit    *circuitID      `query:"circuit_id"`
	Type       *typeName       `query:"event_type"`
	Visibility *visibilityName `query:"visibility"`
	From       *moment         `query:"from"`
	To         *moment         `query:"to"`
}

type timelineQuery struct {
	web.Page
	Start      *int64          `query:"start_date"`
	End        *int64          `query:"end_date"`
	Type       *typeName       `query:"event_type"`
	Visibility *visibilityName `query:"visibility"`
}

// circuitID is a UUID.
type circuitID string

// UnmarshalText reads a UUID in any of its forms.
func (id *circuitID) UnmarshalText(text []byte) error {
	parsed, ok := web.ParseUUID(string(text))
	if !ok {
		return fault.BadRequest("", "Not a UUID")
	}
	*id = circuitID(parsed)
	return nil
}

// moment is a bound in time as clients give it: an instant, or a second, which is as exact as events are shown. As a
// bound it is inclusive, so the end of a second is its last instant.
type moment struct{ first, last time.Time }

// UnmarshalText reads Unix seconds of the years 1 to 9999, or RFC 3339.
func (m *moment) UnmarshalText(text []byte) error {
	if n, err := strconv.ParseInt(string(text), 10, 64); err == nil && text[0] != '+' {
		*m, err = second("", n)
		return err
	}
	var at web.TimeZ
	if err := at.UnmarshalText(text); err != nil {
		return fault.BadRequest("", "Expected Unix seconds or an RFC 3339 time")
	}
	*m = moment{time.Time(at), time.Time(at)}
	return nil
}

// second is a whole second. Errors: 400 for the field, outside the years 1 to 9999.
func second(field string, n int64) (moment, error) {
	if n < firstSecond || n > lastSecond {
		return moment{}, fault.BadRequest(field, "The time is outside the years 1 to 9999")
	}
	at := time.Unix(n, 0).UTC()
	return moment{at, at.Add(time.Second - time.Nanosecond)}, nil
}

// The seconds at 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
const (
	firstSecond = -62135596800
	lastSecond  = 253402300799
)

// filter chooses events; its parts are joined by and, and zero ones choose everything.
type filter struct {
	kind       Type
	visibility Visibility
	from, to   *moment
	source     string
	circuit    string
}

// index is the narrowest index of a feed that has all of the filter's events, "" for the feed itself.
func (f filter) index() string {
	switch {
	case f.kind != "" && f.visibility != "":
		return byBoth(f.kind, f.visibility)
	case f.kind != "":
		return byType(f.kind)
	case f.visibility != "":
		return byVisibility(f.visibility)
	default:
		return ""
	}
}

// A circuit is not among what fits looks at: it takes the metadata.

// narrow tells whether the filter looks at more than time.
func (f filter) narrow() bool {
	return f.kind != "" || f.visibility != "" || f.source != "" || f.circuit != ""
}

func (f filter) fits(e Event) bool {
	return (f.kind == "" || e.Type == f.kind) && (f.visibility == "" || e.Visibility == f.visibility) &&
		(f.source == "" || e.Source == f.source)
}

// empty tells whether no time is within the bounds.
func (f filter) empty() bool { return f.from != nil && f.to != nil && f.to.last.Before(f.from.first) }

// early tells whether a position is before the filter's times, so that nothing behind it is in them.
func (f filter) early(position string) bool {
	return f.from != nil && position < ascending(f.from.first)
}

// start is the position before which a page begins: the one that the last page ended at, or the end of the filter's
// times, or "" for the newest.
func (f filter) start(position string) string {
	if f.to == nil {
		return position
	}
	end := ascending(f.to.last.Add(time.Microsecond))
	if position == "" || end < position {
		return end
	}
	return position
}

// ascending is the beginning of a position at a time. Nothing happened before 1970.
func ascending(t time.Time) string {
	if t.Unix() < 0 {
		t = time.Unix(0, 0)
	}
	return storage.Ascending(t)
}

// resume is the position at which a page goes on, "" for the first. Errors: 400.
func resume(page web.Page) (string, error) {
	var position string
	resumed, err := page.Resume(&position)
	if err == nil && resumed && !storage.IsTimeID(position) {
		err = fault.BadRequest("cursor", "The cursor is not usable here")
	}
	return position, err
}
