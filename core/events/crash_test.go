package events_test

import (
	"fmt"
	"testing"
	"time"

	"tracedge/core/storage"
)

// The instance dies at every call of the sequencer, once before and once after the call has taken effect.
func crashes(t *testing.T, prepare func(*stage), request func(*stage) int, after func(t *testing.T, s *stage, code int)) {
	t.Helper()
	set := func(t *testing.T) (*world, *stage) {
		w := newWorld()
		prepare(w.stage(t, secretsKey))
		return w, w.stage(t, secretsKey)
	}
	_, s := set(t)
	if code := request(s); code != 200 {
		t.Fatalf("undisturbed: %d", code)
	}
	t.Logf("%d calls in an undisturbed run", s.calls)
	for step := 1; step <= s.calls; step++ {
		for _, applied := range []bool{false, true} {
			t.Run(fmt.Sprintf("step=%d/applied=%t", step, applied), func(t *testing.T) {
				w, dying := set(t)
				dying.dieAt, dying.applied = step, applied
				code := request(dying)
				w.pass(61 * time.Second) // an interrupted request frees its idempotency key
				after(t, w.stage(t, secretsKey), code)
			})
		}
	}
}

// once wants exactly one event everywhere that one can be seen, and then nothing left to do.
func (s *stage) once(t *testing.T, list, action string, revisions int) string {
	t.Helper()
	s.t = t
	s.atRest()
	ids := s.list("ana", list)
	if len(ids) != 1 {
		t.Fatalf("%d events", len(ids))
	}
	if v := s.ok("ana", "GET", "/api/events/"+ids[0], ""); v["event_id"] != ids[0] {
		t.Fatal(v)
	}
	s.pass(2 * time.Hour) // longer than a reference to nothing lives
	s.ok("ana", "GET", "/api/events/"+ids[0], "")
	user := storage.In("user", "ana")
	for area, want := range map[string]int{"feed/": 1, "feedix/": 3, "activity/": revisions, "audit/": revisions} {
		if n := s.count(t, user, area); n != want {
			t.Fatalf("%d records %s, want %d: %v", n, area, want, s.dump(t, user))
		}
	}
	return ids[0]
}

func TestLocalEventCrashes(t *testing.T) {
	ask := func(s *stage) int {
		code, _ := s.raw("ana", "POST", "/api/events/local", localBody("created", "private", `{"a":1}`), "Idempotency-Key", "one")
		return code
	}
	crashes(t, func(*stage) {}, ask, func(t *testing.T, s *stage, code int) {
		if got := ask(s); got != 200 {
			t.Fatalf("the repeat answers %d", got)
		}
		s.once(t, "/api/events", "create_local_event", 1)
	})
}

// Without an idempotency key an event that was not acknowledged is there or not, and whole.
func TestUnkeyedLocalEventCrashes(t *testing.T) {
	crashes(t, func(*stage) {}, func(s *stage) int {
		code, _ := s.raw("ana", "POST", "/api/events/local", localBody("created", "public", `{"a":1}`))
		return code
	}, func(t *testing.T, s *stage, code int) {
		s.atRest()
		if n := len(s.list("ana", "/api/events")); n == 1 {
			s.once(t, "/api/events", "create_local_event", 1)
		} else if code == 200 || n != 0 {
			t.Fatalf("answered %d, %d events", code, n)
		}
	})
}

func TestEventCrashes(t *testing.T) {
	ask := func(s *stage) int {
		code, doc := s.raw("ana", "POST", "/api/events", eventBody("DFID-1", "enriched", "public", `{"a":1}`), "Idempotency-Key", "one")
		if code == 200 && string(doc) != "" && !contains(doc, `"was_deduplicated":false`) {
			s.t.Fatalf("its own event is called a duplicate: %s", doc)
		}
		return code
	}
	crashes(t, func(s *stage) { s.put("DFID-1", "ana", 1) }, ask, func(t *testing.T, s *stage, code int) {
		if got := ask(s); got != 200 {
			t.Fatalf("the repeat answers %d", got)
		}
		for _, list := range []string{"/api/events/item/DFID-1", "/api/events"} {
			s.once(t, list, "create_event", 1)
		}
		s.chained(t, "DFID-1", 1)
	})
}

// The owner of the item has the event in its feed too.
func TestForeignEventCrashes(t *testing.T) {
	ask := func(s *stage) int {
		code, _ := s.raw("bob", "POST", "/api/events", eventBody("DFID-1", "updated", "public", `{"a":1}`))
		return code
	}
	crashes(t, func(s *stage) { s.put("DFID-1", "ana", 1, "+bob") }, ask, func(t *testing.T, s *stage, code int) {
		if got := ask(s); got != 200 { // an equal event, or a new one
			t.Fatalf("the repeat answers %d", got)
		}
		s.atRest()
		for _, who := range []string{"ana", "bob"} {
			if n := len(s.list(who, "/api/events")); n != 1 {
				t.Fatalf("%d events in the feed of %s", n, who)
			}
		}
		s.chained(t, "DFID-1", 1)
	})
}

func TestAmendmentCrashes(t *testing.T) {
	for name, make := range map[string]func(s *stage) string{
		"item": func(s *stage) string {
			s.put("DFID-1", "ana", 1)
			return s.ok("ana", "POST", "/api/events", eventBody("DFID-1", "created", "private", `{"a":1}`))["event_id"].(string)
		},
		"local": func(s *stage) string {
			return s.ok("ana", "POST", "/api/events/local", localBody("created", "public", `{"a":1}`))["event_id"].(string)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var id string
			ask := func(s *stage) int {
				code, _ := s.raw("ana", "POST", "/api/events/"+id+"/metadata", `{"b":2}`, "Idempotency-Key", "one")
				return code
			}
			crashes(t, func(s *stage) { id = make(s) }, ask, func(t *testing.T, s *stage, code int) {
				if got := ask(s); got != 200 {
					t.Fatalf("the repeat answers %d", got)
				}
				s.once(t, "/api/events", "add_event_metadata", 2)
				v := s.ok("ana", "GET", "/api/events/"+id, "")
				if m := v["metadata"].(object); len(m) != 2 || m["a"] != 1. || m["b"] != 2. {
					t.Fatal(m)
				}
				_, doc := s.raw("ana", "GET", "/api/events", "")
				if !contains(doc, `"metadata":{"a":1,"b":2}`) {
					t.Fatalf("the feed shows %s", doc)
				}
			})
		})
	}
}

// A reference to nothing reads as 404 and is gone after an hour, without anybody's doing.
func TestOrphanedReference(t *testing.T) {
	w := newWorld()
	s := w.stage(t, secretsKey)
	s.dieAt, s.applied = 1, true // the reference is the first thing that is written
	code, _ := s.raw("ana", "POST", "/api/events/local", localBody("created", "public", `{}`))
	if code == 200 {
		t.Fatal(code)
	}
	if n := w.references(t); n != 1 {
		t.Fatalf("%d references", n)
	}
	w.pass(time.Hour)
	if n := w.references(t); n != 0 {
		t.Fatalf("%d references", n)
	}
}
