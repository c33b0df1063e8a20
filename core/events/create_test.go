package events_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tracedge/core/canon"
	"tracedge/core/digest"
	"tracedge/core/events"
	"tracedge/core/fault"
	"tracedge/core/storage"
	"tracedge/core/storage/wire"
	"tracedge/core/web"
)

func contains(doc []byte, text string) bool { return bytes.Contains(doc, []byte(text)) }

func TestEvent(t *testing.T) {
	s := newWorld().stage(t, secretsKey)
	s.put("DFID-1", "ana", 1, "reader")
	body := eventBody("DFID-1", "Enriched", "public", `{"b":2,"a":1.0}`)
	v := s.ok("ana", "POST", "/api/events", body)
	id := v["event_id"].(string)
	if v["dfid"] != "DFID-1" || v["was_deduplicated"] != false || v["original_event_id"] != nil || v["source"] != "ana" || v["event_type"] != "Enriched" {
		t.Error(v)
	}
	if want := digest.OfText(`DFID-1Enrichedana{"a":1.0,"b":2}`); v["content_hash"] != want {
		t.Errorf("content_hash %v, want %s", v["content_hash"], want)
	}
	if got, want := s.labels(), []string{"events_check_access", "eventrefs_put_home", "events_add_event", "users_apply_rows"}; !slices.Equal(got, want) {
		t.Errorf("calls %v", got)
	}
	again := s.ok("ana", "POST", "/api/events", eventBody("DFID-1", "ENRICHED", "private", `{"a":1.0,"b":3,"b":2}`))
	if again["event_id"] != id || again["was_deduplicated"] != true || again["original_event_id"] != id || again["visibility"] != "Public" {
		t.Error(again)
	}
	if got, want := s.labels(), []string{"events_check_access", "events_get_original"}; !slices.Equal(got, want) {
		t.Errorf("calls %v", got)
	}
	// The key stays what it was when metadata is added.
	s.ok("ana", "POST", "/api/events/"+id+"/metadata", `{"c":3}`)
	if got, want := s.labels(), []string{"eventrefs_get_home", "events_get_event", "events_update_event", "users_apply_rows"}; !slices.Equal(got, want) {
		t.Errorf("calls %v", got)
	}
	if again := s.ok("ana", "POST", "/api/events", body); again["event_id"] != id || again["metadata"].(object)["c"] != 3. ||
		again["content_hash"] != digest.OfText(`DFID-1Enrichedana{"a":1.0,"b":2,"c":3}`) {
		t.Error(again)
	}
	// Another number is another event.
	other := s.ok("ana", "POST", "/api/events", eventBody("DFID-1", "Enriched", "public", `{"b":2,"a":1}`))
	if other["event_id"] == id {
		t.Error(other)
	}
	if got, want := s.list("ana", "/api/events/item/DFID-1"), []string{other["event_id"].(string), id}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	s.chained(t, "DFID-1", 2)
	s.refused(403, fault.Auth, "reader", "POST", "/api/events", body)
	s.refused(404, fault.Missing, "eve", "POST", "/api/events", body)
	s.refused(404, fault.Missing, "ana", "POST", "/api/events", eventBody("DFID-2", "Enriched", "public", `{}`))
	s.refused(404, fault.Missing, "ana", "POST", "/api/events", eventBody(strings.Repeat("D", 256), "Enriched", "public", `{}`))
	s.refused(404, fault.Missing, "ana", "POST", "/api/events", eventBody("", "Enriched", "public", `{}`))
	for _, dfid := range []string{"LID-1", "LOCAL-EVENT-1"} {
		if v := s.refused(422, fault.Validation, "ana", "POST", "/api/events", eventBody(dfid, "Enriched", "public", `{}`)); v["field"] != "dfid" {
			t.Error(v)
		}
	}
}

func TestVisibility(t *testing.T) {
	s := newWorld().stage(t, secretsKey)
	s.put("DFID-1", "ana", 1, "+bob", "reader")
	ids := map[string]string{}
	for _, who := range []string{"ana", "bob"} {
		for _, v := range []string{"public", "private", "circuitonly"} {
			e := s.ok(who, "POST", "/api/events", eventBody("DFID-1", "updated", v, fmt.Sprintf(`{"circuit_id":"c","n":%q}`, v)))
			ids[who+" "+v] = e["event_id"].(string)
		}
	}
	for who, sees := range map[string][]string{
		"ana":    {"ana public", "ana private", "ana circuitonly", "bob public"},
		"bob":    {"bob public", "bob private", "bob circuitonly", "ana public"},
		"reader": {"ana public", "bob public"},
		"eve":    nil,
	} {
		var want []string
		for _, name := range sees {
			want = append(want, ids[name])
		}
		got := s.list(who, "/api/events/item/DFID-1")
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s sees %v, want %v", who, got, want)
		}
		for name, id := range ids {
			code, _ := s.send(who, "GET", "/api/events/"+id, "")
			if (code == 200) != slices.Contains(sees, name) || code != 200 && code != 404 {
				t.Errorf("%s: %s is %d", who, name, code)
			}
			code, _ = s.send(who, "POST", "/api/events/"+id+"/metadata", `{}`)
			switch {
			case strings.HasPrefix(name, who):
				if code != 200 {
					t.Errorf("%s amends %s: %d", who, name, code)
				}
			case slices.Contains(sees, name):
				if code != 403 {
					t.Errorf("%s amends %s: %d", who, name, code)
				}
			case code != 404:
				t.Errorf("%s amends %s: %d", who, name, code)
			}
		}
	}
	// Feeds: own events, and those on own items that one may see.
	if got := len(s.list("ana", "/api/events")); got != 4 {
		t.Errorf("%d in the owner's feed", got)
	}
	if got := len(s.list("bob", "/api/events")); got != 3 {
		t.Errorf("%d in the feed of whoever may add events", got)
	}
	if got := s.list("ana", "/api/events/private"); !slices.Equal(got, []string{ids["ana private"]}) {
		t.Error(got)
	}
}

// Of equal events that come at once one is made, and the others are it.
func TestEqualEventsAtOnce(t *testing.T) {
	w := newWorld()
	w.stage(t, secretsKey).put("DFID-1", "ana", 1)
	const many = 8
	replies := make([]object, many)
	var wait sync.WaitGroup
	for i := range many {
		s := w.stage(t, secretsKey)
		wait.Go(func() {
			replies[i] = s.ok("ana", "POST", "/api/events", eventBody("DFID-1", "created", "public", `{"a":1}`))
		})
	}
	wait.Wait()
	made := 0
	for _, v := range replies {
		if v["event_id"] != replies[0]["event_id"] {
			t.Errorf("%v and %v", v, replies[0])
		}
		if v["was_deduplicated"] == false {
			made++
		}
	}
	if made != 1 {
		t.Errorf("%d were made", made)
	}
	s := w.stage(t, secretsKey)
	s.chained(t, "DFID-1", 1)
	w.pass(time.Hour)
	if n := w.references(t); n != 1 {
		t.Errorf("%d references", n)
	}
}

// Different events that come at once are all made, and their snapshots are one chain.
func TestEventsAtOnce(t *testing.T) {
	w := newWorld()
	w.stage(t, secretsKey).put("DFID-1", "ana", 1)
	const many = 6
	var wait sync.WaitGroup
	for i := range many {
		s := w.stage(t, secretsKey)
		wait.Go(func() {
			s.ok("ana", "POST", "/api/events", eventBody("DFID-1", "created", "public", fmt.Sprintf(`{"a":%d}`, i)))
		})
	}
	wait.Wait()
	w.stage(t, secretsKey).chained(t, "DFID-1", many)
}

// The item changes between the look at it and the commit: the snapshot shows the item as it was when the event came.
func TestItemMovesMeanwhile(t *testing.T) {
	w := newWorld()
	s := w.stage(t, secretsKey)
	s.put("DFID-1", "ana", 1)
	moves := 0
	s.before = func(r wire.CommitRequest) {
		if moves < 2 && strings.HasPrefix(r.Partition, "item/") {
			moves++
			w.stage(t, secretsKey).put("DFID-1", "ana", int64(1+moves))
		}
	}
	s.ok("ana", "POST", "/api/events", eventBody("DFID-1", "created", "public", `{}`))
	s.before = nil
	s.chained(t, "DFID-1", 1)
	for key, doc := range w.dump(t, storage.In("item", "DFID-1")) {
		if strings.HasPrefix(key, "snapshotitem/") && doc != `{"version":"3"}` {
			t.Error(doc)
		}
	}
}

// Metadata that another has amended meanwhile is not lost.
func TestAmendmentsAtOnce(t *testing.T) {
	w := newWorld()
	s := w.stage(t, secretsKey)
	s.put("DFID-1", "ana", 1)
	id := s.ok("ana", "POST", "/api/events", eventBody("DFID-1", "created", "public", `{}`))["event_id"].(string)
	var wait sync.WaitGroup
	for i := range 6 {
		s := w.stage(t, secretsKey)
		wait.Go(func() { s.ok("ana", "POST", "/api/events/"+id+"/metadata", fmt.Sprintf(`{"k%d":%d}`, i, i)) })
	}
	wait.Wait()
	if m := s.ok("ana", "GET", "/api/events/"+id, "")["metadata"].(object); len(m) != 6 {
		t.Error(m)
	}
	if n := w.count(t, storage.In("item", "DFID-1"), "eventrev/"); n != 6 {
		t.Errorf("%d revisions", n)
	}
	s.ok("ana", "POST", "/api/events/"+id+"/metadata", `{}`)
	s.ok("ana", "POST", "/api/events/"+id+"/metadata", `{"k1":1}`)
	if n := w.count(t, storage.In("item", "DFID-1"), "eventrev/"); n != 6 {
		t.Errorf("%d revisions after nothing was changed", n)
	}
}

// Snapshots of an item that has had amendments, private events and another state are a chain whose ids follow from what
// is stored.
func TestSnapshots(t *testing.T) {
	s := newWorld().stage(t, secretsKey)
	s.put("DFID-1", "ana", 1, "+bob")
	first := s.ok("ana", "POST", "/api/events", eventBody("DFID-1", "created", "public", `{"x":"<é>","n":1.0}`))["event_id"].(string)
	s.ok("bob", "POST", "/api/events", eventBody("DFID-1", "updated", "private", `{"hidden":true}`))
	s.put("DFID-1", "ana", 2, "+bob")
	s.ok("ana", "POST", "/api/events", eventBody("DFID-1", "enriched", "public", `{"b":1,"a":2}`))
	s.ok("ana", "POST", "/api/events/"+first+"/metadata", `{"x":2}`)
	s.ok("ana", "POST", "/api/events", eventBody("DFID-1", "pushedtocircuit", "public", `{"circuit_id":"c-1"}`))
	s.ok("ana", "POST", "/api/events/"+first+"/metadata", `{"x":3}`)
	for _, kind := range []string{"merged", "split", "pulledfromcircuit", "statuschanged", "pushedtocircuit"} {
		s.ok("ana", "POST", "/api/events", eventBody("DFID-1", kind, "public", `{"big":"`+strings.Repeat("z", 20<<10)+`"}`))
	}
	s.chained(t, "DFID-1", 9)
}

// chained wants so many snapshots of an item, each the child of the one before, and each with the id that the contract
// works out from the state, rebuilt from what is stored.
func (s *stage) chained(t *testing.T, dfid string, want int) {
	t.Helper()
	p := storage.In("item", dfid)
	stored := s.dump(t, p)
	var list []events.Event
	for key, doc := range stored {
		if strings.HasPrefix(key, "event/") {
			var e events.Event
			if err := json.Unmarshal([]byte(doc), &e); err != nil {
				t.Fatal(err)
			}
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b events.Event) int {
		return strings.Compare(storage.TimeID(a.Time, a.ID), storage.TimeID(b.Time, b.ID))
	})
	parent := ""
	for version := 1; ; version++ {
		doc, ok := stored[fmt.Sprintf("snapshot/%016x", version)]
		if !ok {
			if version-1 != want {
				t.Fatalf("%d snapshots, want %d", version-1, want)
			}
			return
		}
		var snap events.Snapshot
		if err := json.Unmarshal([]byte(doc), &snap); err != nil {
			t.Fatal(err)
		}
		if snap.Parent != parent || snap.Version != int64(version) {
			t.Fatalf("%+v does not follow %s", snap, parent)
		}
		parent = snap.ID
		if id := s.rebuilt(t, stored, list, snap, dfid); id != snap.ID {
			t.Fatalf("snapshot %d is %s, and what is stored makes %s", version, snap.ID, id)
		}
	}
}

func (s *stage) rebuilt(t *testing.T, stored map[string]string, list []events.Event, snap events.Snapshot, dfid string) string {
	t.Helper()
	member := func(doc, name string) canon.Value {
		o, err := canon.ParseObject([]byte(doc))
		if err != nil {
			t.Fatal(err)
		}
		v, _ := o.Get(name)
		return v
	}
	var trigger canon.Value
	var states []canon.Value
	for _, e := range list {
		if e.Added > snap.Clock {
			continue
		}
		o := canon.Of("event_id", canon.Text(e.ID)).With("event_type", canon.Text(string(e.Type))).
			With("source", canon.Text(e.Source)).With("timestamp", canon.Text(web.TimeZ(e.Time).String()))
		if e.Visibility != events.Private {
			// The metadata of that moment: of the first revision that was replaced later, or the event's own.
			kept, number := e.Metadata, e.Revision
			for n := e.Revision - 1; n >= 0; n-- {
				var r struct {
					Replaced int64           `json:"replaced"`
					Metadata events.Metadata `json:"metadata"`
				}
				if err := json.Unmarshal([]byte(stored[fmt.Sprintf("eventrev/%s/%08d", e.ID, n)]), &r); err != nil {
					t.Fatal(err)
				}
				if r.Replaced > snap.Clock {
					kept, number = r.Metadata, n
				}
			}
			text := kept.Clear
			if kept.Beside {
				var o canon.Object
				if err := json.Unmarshal([]byte(stored[fmt.Sprintf("eventdata/%s/%08d", e.ID, number)]), &o); err != nil {
					t.Fatal(err)
				}
				text = &o
			}
			o = o.With("metadata", text.Value())
		}
		states = append(states, o.Value())
		if e.ID == snap.EventID {
			trigger = o.Value()
		}
	}
	count, err := canon.Parse([]byte(fmt.Sprint(len(states))))
	if err != nil {
		t.Fatal(err)
	}
	item, err := canon.Parse([]byte(stored["snapshotitem/"+snap.Item]))
	if err != nil {
		t.Fatal(err)
	}
	state := canon.Of("dfid", canon.Text(dfid)).With("item", item).With("trigger_event", trigger).
		With("events", canon.Array(states)).With("event_count", count)
	operation, err := canon.Parse(snap.Operation)
	if err != nil || member(operation.String(), "type").IsNull() {
		t.Fatalf("operation %s: %v", operation, err)
	}
	at, _ := web.TimeOffset(snap.Time).MarshalText()
	text := binary.LittleEndian.AppendUint64([]byte("item"+dfid), uint64(snap.Version))
	return digest.Of(append(append(text, snap.Parent...), state.String()+operation.String()+string(at)...))
}

// references counts the references to events that are alive.
func (w *world) references(t testing.TB) int {
	t.Helper()
	n := 0
	for p := range w.written {
		if strings.HasPrefix(p, "eventref/") {
			home, err := storage.ParsePartition(p)
			if err != nil {
				t.Fatal(err)
			}
			n += w.count(t, home, "home")
		}
	}
	return n
}
