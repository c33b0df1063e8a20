package events_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tracedge/core/storage"
)

const (
	circuitX = "8e03978e-40d5-43e8-bc93-6894a57f9324"
	circuitY = "7b1f0c52-0b6e-4d6f-9a61-2f4f5f0c9d10"
)

func naming(circuitID string, n int) string {
	return fmt.Sprintf(`{"circuit_id":%q,"n":%d}`, circuitID, n)
}

// Whoever is in a circuit lists the events that name it, as far as the circuit or something else shows them the item.
func TestCircuitFeed(t *testing.T) {
	w := newWorld()
	for _, who := range []string{"ana", "bob", "cora"} {
		w.club[circuitX+" "+who] = true
	}
	w.club[circuitX+" DFID-1"] = true
	s := w.stage(t, secretsKey)
	s.put("DFID-1", "ana", 1, "+eve")
	s.put("DFID-2", "ana", 1, "bob") // not the circuit's
	add := func(who, dfid, kind, visibility, metadata string) string {
		t.Helper()
		return s.ok(who, "POST", "/api/events", eventBody(dfid, kind, visibility, metadata))["event_id"].(string)
	}
	public := add("ana", "DFID-1", "updated", "public", naming(strings.ToUpper(circuitX), 1))
	members := add("ana", "DFID-1", "created", "circuitonly", naming(circuitX, 2))
	private := add("ana", "DFID-1", "updated", "private", naming(circuitX, 3))
	aside := add("ana", "DFID-2", "updated", "public", naming(circuitX, 4))
	large := add("ana", "DFID-1", "updated", "public", `{"circuit_id":"`+circuitX+`","text":"`+strings.Repeat("x", 20<<10)+`"}`)
	add("ana", "DFID-1", "updated", "public", `{"n":6}`)
	add("eve", "DFID-1", "updated", "public", naming(circuitX, 7)) // no member
	add("ana", "DFID-1", "updated", "public", naming(circuitY, 8)) // no member there
	wants := func(who, query string, want ...string) {
		t.Helper()
		slices.Reverse(want)
		if got := s.list(who, "/api/events?circuit_id="+query); !slices.Equal(got, want) {
			t.Errorf("%s, %s: %v, want %v", who, query, got, want)
		}
	}
	wants("ana", circuitX, public, members, private, aside, large)
	wants("ana", circuitX+"&limit=2", public, members, private, aside, large)
	wants("bob", circuitX, public, members, aside, large)
	wants("cora", strings.ToUpper(circuitX), public, members, large)
	wants("eve", circuitX)
	wants("ana", circuitY)
	wants("bob", circuitX+"&event_type=created", members)
	wants("bob", circuitX+"&visibility=public&event_type=updated", public, aside, large)
	wants("cora", circuitX+"&dfid=DFID-1") // the circuit shows cora the item, but these items do not know of circuits
	wants("ana", circuitX+"&dfid=DFID-2", aside)
	if got := s.list("ana", "/api/events?dfid=DFID-1&circuit_id="+circuitX); len(got) != 5 { // the item has also what a stranger noted
		t.Error(got)
	}
	wants("ana", circuitX+"&from=9&to=8")
}

// An event leaves the feed of a circuit that its metadata names no more.
func TestCircuitFeedFollows(t *testing.T) {
	w := newWorld()
	w.club[circuitX+" ana"], w.club[circuitY+" ana"] = true, true
	s := w.stage(t, secretsKey)
	s.put("DFID-1", "ana", 1)
	id := s.ok("ana", "POST", "/api/events", eventBody("DFID-1", "updated", "public", naming(circuitX, 1)))["event_id"].(string)
	other := "e5b2a9a0-0000-4000-8000-000000000000" // ana is in none of this id
	for _, to := range []string{circuitY, circuitX, other, circuitY} {
		s.ok("ana", "POST", "/api/events/"+id+"/metadata", fmt.Sprintf(`{"circuit_id":%q}`, to))
		for _, c := range []string{circuitX, circuitY, other} {
			if n := len(s.list("ana", "/api/events?circuit_id="+c)); (n == 1) != (c == to && c != other) {
				t.Fatalf("in %s: %d in %s", to, n, c)
			}
		}
	}
}

// A page asks for a few items that the circuit does not hold and ends; the cursor leads on.
func TestCircuitFeedOfStrangeItems(t *testing.T) {
	w := newWorld()
	w.club[circuitX+" ana"], w.club[circuitX+" bob"] = true, true
	s := w.stage(t, secretsKey)
	var want []string
	for n := range 30 {
		dfid, readers := fmt.Sprintf("DFID-%d", n), []string(nil)
		if n%3 == 0 {
			readers = []string{"bob"}
		}
		s.put(dfid, "ana", 1, readers...)
		id := s.ok("ana", "POST", "/api/events", eventBody(dfid, "updated", "public", naming(circuitX, n)))["event_id"].(string)
		if n%3 == 0 {
			want = append([]string{id}, want...)
		}
	}
	if got := s.list("bob", "/api/events?circuit_id="+circuitX); !slices.Equal(got, want) {
		t.Fatal(len(got), len(want))
	}
	s.raw("bob", "GET", "/api/events?circuit_id="+circuitX, "")
	if n := len(s.labels()); n > 1+8 {
		t.Fatal(s.labels())
	}
}

// Wherever the instance dies, the event is in the circuit's feed as it is in the item, and in the item's front.
func TestCircuitFeedCrashes(t *testing.T) {
	for name, amend := range map[string]bool{"create": false, "amend": true} {
		t.Run(name, func(t *testing.T) {
			var id string
			create := func(s *stage) int {
				code, v := s.send("ana", "POST", "/api/events", eventBody("DFID-1", "enriched", "public", naming(circuitX, 1)), "Idempotency-Key", "one")
				if text, ok := v["event_id"].(string); ok {
					id = text
				}
				return code
			}
			ask := create
			if amend {
				ask = func(s *stage) int {
					code, _ := s.raw("ana", "POST", "/api/events/"+id+"/metadata", naming(circuitY, 2), "Idempotency-Key", "two")
					return code
				}
			}
			crashes(t, func(s *stage) {
				s.club[circuitX+" ana"], s.club[circuitY+" ana"] = true, true
				s.put("DFID-1", "ana", 1)
				s.hold("DFID-1", "ana", "e5b2a9a0-0000-4000-8000-000000000000")
				if amend {
					create(s)
				}
			}, ask, func(t *testing.T, s *stage, _ int) {
				s.t = t
				if got := ask(s); got != 200 {
					t.Fatalf("the repeat answers %d", got)
				}
				s.atRest()
				in, out, want := circuitX, circuitY, `{"circuit_id":"`+circuitX+`","n":1}`
				if amend {
					in, out, want = circuitY, circuitX, `{"circuit_id":"`+circuitY+`","n":2}`
				}
				if got := s.list("ana", "/api/events?circuit_id="+in); !slices.Equal(got, []string{id}) {
					t.Fatal(got)
				}
				if got := s.list("ana", "/api/events?circuit_id="+out); len(got) != 0 {
					t.Fatal(got)
				}
				if n := s.count(t, storage.In("circuit", in), "feed/"); n != 1 {
					t.Fatal(n)
				}
				if lists, _ := s.page("DFID-1"); len(lists[0]) != 1 || string(lists[0][0].Metadata) != want {
					t.Fatal(lists)
				}
			})
		})
	}
}
