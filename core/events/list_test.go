package events_test

import (
	"fmt"
	"slices"
	"testing"

	"tracedge/core/fault"
)

// A page of a feed costs one call, or two with a filter, and a page of an item's events two, however many there are.
func TestPages(t *testing.T) {
	for _, n := range []int{0, 1, 49, 50, 51, 260} {
		s := newWorld().stage(t, secretsKey)
		s.put("DFID-1", "ana", 1)
		var all, created, both []string
		for i := range n {
			kind, visibility := []string{"created", "updated"}[i%2], []string{"public", "private", "circuitonly"}[i%3]
			var v object
			if n < 100 {
				v = s.ok("ana", "POST", "/api/events", eventBody("DFID-1", kind, visibility, fmt.Sprintf(`{"n":%d}`, i)))
			} else {
				v = s.ok("ana", "POST", "/api/events/local", localBody(kind, visibility, fmt.Sprintf(`{"n":%d}`, i)))
			}
			id := v["event_id"].(string)
			all = append([]string{id}, all...)
			if kind == "created" {
				created = append([]string{id}, created...)
				if visibility == "public" {
					both = append([]string{id}, both...)
				}
			}
		}
		for path, want := range map[string]struct {
			ids   []string
			calls int
		}{
			"/api/events?":                                       {all, 1},
			"/api/events?from=0&to=99999999999&":                 {all, 1},
			"/api/events/type/created?":                          {created, 2},
			"/api/events?event_type=created&visibility=public&":  {both, 2},
			"/api/events/timeline?start_date=0&end_date=999999&": {nil, 1},
			"/api/events/item/DFID-1?":                           {all, 2},
			"/api/events?dfid=DFID-1&event_type=created&":        {created, 2},
		} {
			if n > 100 && len(want.ids) > 0 && (path == "/api/events/item/DFID-1?" || path == "/api/events?dfid=DFID-1&event_type=created&") {
				continue
			}
			for _, limit := range []int{7, 50} {
				if got := s.list("ana", fmt.Sprintf("%slimit=%d", path, limit)); !slices.Equal(got, want.ids) {
					t.Errorf("%d events: %s has %d, want %d in order", n, path, len(got), len(want.ids))
				}
				s.raw("ana", "GET", fmt.Sprintf("%slimit=%d", path, limit), "")
				if got := len(s.labels()); got > want.calls {
					t.Errorf("%d events: %s costs %d calls", n, path, got)
				}
			}
		}
	}
}

func TestQueries(t *testing.T) {
	s := newWorld().stage(t, secretsKey)
	for _, path := range []string{
		"?event_type=x", "?visibility=direct", "?circuit_id=x", "?from=x", "?to=2026-01-01", "/type/x", "/visibility/direct", "/timeline?start_date=x",
		"/timeline?end_date=253402300800", "?limit=-1", "?cursor=x",
	} {
		s.refused(400, fault.Validation, "ana", "GET", "/api/events"+path, "")
	}
	for _, path := range []string{"?from=9&to=8", "?limit=0", "?circuit_id=8e03978e-40d5-43e8-bc93-6894a57f9324", "/item/x", "/item/LOCAL-EVENT-x"} {
		if got := s.list("ana", "/api/events"+path); len(got) != 0 {
			t.Error(path, got)
		}
	}
}

// Adding an event to an item that has many costs as many calls as it has pages of a thousand.
func TestAddToMany(t *testing.T) {
	s := newWorld().stage(t, secretsKey)
	s.put("DFID-1", "ana", 1)
	for i := range 30 {
		s.ok("ana", "POST", "/api/events", eventBody("DFID-1", "created", "public", fmt.Sprintf(`{"n":%d}`, i)))
	}
	want := []string{"events_check_access", "events_scan_item", "eventrefs_put_home", "events_add_event", "users_apply_rows"}
	if got := s.labels(); !slices.Equal(got, want) {
		t.Errorf("calls %v, want %v", got, want)
	}
	s.chained(t, "DFID-1", 30)
}
