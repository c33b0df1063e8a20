package app_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"tracedge/core/storage"
	"tracedge/core/storage/wire"
)

// location is the edge as one place shows it at worst: what it has once looked up, absences too, it shows for a minute.
type location struct {
	storage.Edge
	clock func() time.Time

	mu    sync.Mutex
	known map[string]remembered
}

type remembered struct {
	records []wire.Record // one, or none
	until   time.Time
}

// edge is what instances see of KV.
func (w *world) edge() storage.Edge {
	if w.place != nil {
		return w.place
	}
	return w.backend.Edge()
}

func (l *location) Get(ctx context.Context, req wire.EdgeGetRequest) (wire.EdgeReply, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var reply wire.EdgeReply
	for _, key := range req.Keys {
		have, known := l.known[key]
		if now := l.clock(); !known || !now.Before(have.until) {
			found, err := l.Edge.Get(ctx, wire.EdgeGetRequest{Keys: []string{key}})
			if err != nil {
				return wire.EdgeReply{}, err
			}
			have = remembered{found.Records, now.Add(time.Minute)}
			l.known[key] = have
		}
		reply.Records = append(reply.Records, have.records...)
	}
	return reply, nil
}

// show is a circuit with published items of ana.
func (w *world) show(t *testing.T, s *service, ana person, items int) (id string, dfids []string) {
	t.Helper()
	id = s.found(t, ana, "")
	list := ""
	for n := range items {
		code, v := s.send(t, "POST", "/api/items", fmt.Sprintf(`{"identifiers":[{"key":"ear tag","value":"tag %d"}],"source_entry":"550e8400-e29b-41d4-a716-446655440000"}`, n),
			"Authorization", "Bearer "+ana.token)
		object, _ := v.(map[string]any)
		dfid, _ := object["dfid"].(string)
		if code != 200 || dfid == "" {
			t.Fatal(code, v)
		}
		s.must(t, ana, "POST", "/"+id+"/push/"+dfid, "") // by an event that is for members only
		dfids = append(dfids, dfid)
		if list != "" {
			list += ","
		}
		list += fmt.Sprintf("%q", dfid)
	}
	s.must(t, ana, "PUT", "/"+id+"/public-settings", `{"access_mode":"public","published_items":[`+list+`]}`)
	return id, dfids
}

func (s *service) happens(t *testing.T, who person, dfid, visibility, metadata string) string {
	t.Helper()
	code, v := s.call(t, "POST", "/api/events", who.token, fmt.Sprintf(`{"dfid":%q,"event_type":"updated","visibility":%q,"metadata":%s}`, dfid, visibility, metadata))
	if code != 200 {
		t.Fatal(code, v)
	}
	return v["event_id"].(string)
}

// shown are the events of a page by item, in the order of the page, and its data.
func (s *service) shown(t *testing.T, id, query string) ([][]string, map[string]any) {
	t.Helper()
	data := s.must(t, person{}, "GET", "/"+id+"/public"+query, "")["data"].(map[string]any)
	var out [][]string
	for _, item := range data["published_items_with_events"].([]any) {
		ids := []string{item.(map[string]any)["dfid"].(string)}
		for _, e := range item.(map[string]any)["events"].([]any) {
			ids = append(ids, e.(map[string]any)["event_id"].(string))
		}
		out = append(out, ids)
	}
	return out, data
}

// A public page shows the public events of published items, a page at a time, at the price of one call of the edge.
func TestPublicPageEvents(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	ana := s.person(t, "ana")
	id, dfids := w.show(t, s, ana, 3)
	want := map[string][]string{}
	for n := range 4 {
		dfid := dfids[n%2]
		e := s.happens(t, ana, dfid, "public", fmt.Sprintf(`{"n":%d}`, n))
		want[dfid] = append([]string{e}, want[dfid]...)
		s.happens(t, ana, dfid, "private", fmt.Sprintf(`{"n":%d}`, n))
	}
	s.must(t, ana, "PUT", "/"+id+"/public-settings", `{"access_mode":"public","show_encrypted_events":true}`)
	lists, data := s.shown(t, id, "")
	if len(lists) != 3 || data["events_count"] != 4. || data["items_count"] != 3. || data["next_cursor"] != nil {
		t.Fatal(data)
	}
	for _, list := range lists {
		if !slices.Equal(list[1:], want[list[0]]) {
			t.Errorf("%v, want %v", list, want[list[0]])
		}
	}
	if got := s.operations(t); got != "circuits_get_public events_list_fronts" {
		t.Error(got)
	}
	var paged [][]string
	for query := "?limit=2"; ; {
		page, data := s.shown(t, id, query)
		paged = append(paged, page...)
		next, more := data["next_cursor"].(string)
		if !more {
			break
		}
		query = "?limit=2&cursor=" + next
	}
	if fmt.Sprint(paged) != fmt.Sprint(lists) {
		t.Errorf("%v, want %v", paged, lists)
	}
	if page, data := s.shown(t, id, "?limit=0"); len(page) != 0 || data["events_count"] != 0. || data["items_count"] != 3. {
		t.Error(data)
	}
	s.must(t, ana, "PUT", "/"+id+"/public-settings", `{"access_mode":"protected","access_password":"Cocoa"}`)
	if page, data := s.shown(t, id, ""); len(page) != 0 || data["events_count"] != 0. || data["items_count"] != 0. {
		t.Error(data)
	}
	if got := s.operations(t); got != "circuits_get_public" {
		t.Error(got)
	}
}

// What a page shows of events is a minute old at worst, and it says so; who may see the page, and which items are on it,
// holds at once.
func TestPublicPageStaleness(t *testing.T) {
	w := newWorld()
	w.place = &location{Edge: w.backend.Edge(), clock: w.clock, known: map[string]remembered{}}
	s := w.start(t, nil)
	ana := s.person(t, "ana")
	id, dfids := w.show(t, s, ana, 2)
	count := func(want float64) time.Time {
		t.Helper()
		_, data := s.shown(t, id, "")
		asOf, err := time.Parse(time.RFC3339Nano, data["events_as_of"].(string))
		if err != nil || data["events_count"] != want {
			t.Fatal(err, data)
		}
		return asOf
	}
	count(0) // the absence is remembered
	s.happens(t, ana, dfids[0], "public", `{"n":1}`)
	made := w.clock()
	w.pass(50 * time.Second)
	if asOf := count(0); asOf.After(made) {
		t.Errorf("the page claims to be of %v, an event of %v is missing", asOf, made)
	}
	w.pass(11 * time.Second)
	count(1)
	s.happens(t, ana, dfids[0], "public", `{"n":2}`)
	s.happens(t, ana, dfids[1], "public", `{"n":3}`)
	count(1)
	w.pass(61 * time.Second)
	if asOf := count(3); asOf.Before(made) {
		t.Errorf("%v is not after %v", asOf, made)
	}

	s.must(t, ana, "PUT", "/"+id+"/public-settings", fmt.Sprintf(`{"access_mode":"public","published_items":[%q]}`, dfids[1]))
	count(1)
	s.must(t, ana, "PUT", "/"+id+"/visibility/toggle", "")
	for range 3 {
		s.refused(t, person{}, "GET", "/"+id+"/public", "", 404, "CIRCUIT_NOT_PUBLIC")
		s.refused(t, ana, "GET", "/"+id+"/public", "", 404, "CIRCUIT_NOT_PUBLIC")
	}
}
