package events_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tracedge/core/circuits"
	"tracedge/core/storage/wire"
)

// page is what public pages show of items, and the labels of the calls that it took.
func (s *stage) page(dfids ...string) ([][]circuits.Event, []string) {
	s.t.Helper()
	ctx, span := s.traced()
	lists, err := s.own.PublicEvents(ctx, dfids)
	if err != nil {
		s.t.Fatal(err)
	}
	var calls []string
	for _, op := range span.Request("test", 200, "", "").Ops {
		calls = append(calls, op.Label)
	}
	return lists, calls
}

func idsOf(list []circuits.Event) (ids []string) {
	for _, e := range list {
		ids = append(ids, e.ID)
	}
	return ids
}

// A page shows the newest public events of an item, and what is copied to KV is those and nothing else.
func TestFront(t *testing.T) {
	s := newWorld().stage(t, secretsKey)
	s.put("DFID-1", "ana", 1)
	early := s.ok("ana", "POST", "/api/events", eventBody("DFID-1", "created", "public", `{}`))["event_id"].(string)
	replicas := func() []wire.Record {
		reply, err := s.backend.Edge().Scan(t.Context(), wire.EdgeScanRequest{Prefix: "item/", Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		return reply.Records
	}
	if got := replicas(); len(got) != 0 {
		t.Fatalf("an item that no circuit has held is in KV: %v", got)
	}
	s.hold("DFID-1", "ana", circuitX)
	if lists, _ := s.page("DFID-1"); !slices.Equal(idsOf(lists[0]), []string{early}) {
		t.Fatal(lists)
	}
	var ids []string
	for n := range 103 {
		e := s.ok("ana", "POST", "/api/events", eventBody("DFID-1", "updated", "public", fmt.Sprintf(`{"n":%d}`, n)))
		if ids = append(ids, e["event_id"].(string)); n%20 == 0 {
			for _, v := range []string{"private", "circuitonly"} {
				s.ok("ana", "POST", "/api/events", eventBody("DFID-1", "updated", v, fmt.Sprintf(`{"secret":%d}`, n)))
			}
		}
	}
	slices.Reverse(ids)
	lists, calls := s.page("DFID-1", "DFID-2")
	if len(lists) != 2 || len(lists[1]) != 0 || !slices.Equal(idsOf(lists[0]), ids[:100]) || !slices.Equal(calls, []string{"events_list_fronts"}) {
		t.Fatal(len(lists), len(lists[0]), calls)
	}
	if e := lists[0][0]; e.DFID != "DFID-1" || e.Type != "Updated" || e.Source != "ana" || e.Visibility != "Public" || string(e.Metadata) != `{"n":102}` {
		t.Fatal(e)
	}
	s.ok("ana", "POST", "/api/events/"+ids[50]+"/metadata", `{"more":true}`)
	s.ok("ana", "POST", "/api/events/"+ids[101]+"/metadata", `{"more":true}`) // not shown
	lists, _ = s.page("DFID-1")
	if !slices.Equal(idsOf(lists[0]), ids[:100]) || string(lists[0][50].Metadata) != `{"more":true,"n":52}` {
		t.Fatal(lists[0][50])
	}
	if got := replicas(); len(got) != 1 || got[0].Key != "item/DFID-1/eventfront" || strings.Contains(got[0].Doc, "secret") {
		t.Fatal(len(got))
	}
}

// However much there is, an item's part of a page is bounded, and it is the newest part.
func TestFrontOfLargeMetadata(t *testing.T) {
	s := newWorld().stage(t, secretsKey)
	for name, c := range map[string]struct{ size, shown int }{"medium": {12 << 10, 10}, "large": {20 << 10, 4}} {
		s.put(name, "ana", 1)
		s.hold(name, "ana", circuitX)
		oldest := s.ok("ana", "POST", "/api/events", eventBody(name, "created", "public", `{}`))["event_id"].(string)
		var ids []string
		for n := range 14 {
			text := fmt.Sprintf(`{"n":%d,"text":%q}`, n, strings.Repeat("x", c.size))
			e := s.ok("ana", "POST", "/api/events", eventBody(name, "updated", "public", text))
			ids = append([]string{e["event_id"].(string)}, ids...)
		}
		lists, _ := s.page(name)
		if !slices.Equal(idsOf(lists[0]), ids[:c.shown]) || len(lists[0][0].Metadata) < c.size {
			t.Fatalf("%s: %d events of %d", name, len(lists[0]), len(ids))
		}
		s.ok("ana", "POST", "/api/events/"+ids[1]+"/metadata", `{"n":"new"}`)
		if lists, _ = s.page(name); !slices.Equal(idsOf(lists[0]), ids[:c.shown]) || !strings.HasPrefix(string(lists[0][1].Metadata), `{"n":"new"`) {
			t.Fatalf("%s: %.40s", name, lists[0][1].Metadata)
		}
		s.ok("ana", "POST", "/api/events/"+oldest+"/metadata", `{"n":"new"}`)
		if lists, _ = s.page(name); !slices.Equal(idsOf(lists[0]), ids[:c.shown]) {
			t.Fatalf("%s: the oldest would fit, and there is a gap before it: %d events", name, len(lists[0]))
		}
		// A small one comes before them and drives out what no longer fits, but nothing older comes back.
		small := s.ok("ana", "POST", "/api/events", eventBody(name, "updated", "public", `{}`))["event_id"].(string)
		if lists, _ = s.page(name); !slices.Equal(idsOf(lists[0]), append([]string{small}, ids[:c.shown]...)) {
			t.Fatalf("%s: %d events", name, len(lists[0]))
		}
	}
}

// A page costs one call of the edge for 32 items and ends where it has become large.
func TestPageCalls(t *testing.T) {
	s := newWorld().stage(t, secretsKey)
	var dfids []string
	for n := range 200 {
		dfids = append(dfids, fmt.Sprintf("DFID-%d", n))
	}
	for _, dfid := range dfids[:40] {
		s.put(dfid, "ana", 1)
		s.hold(dfid, "ana", circuitX)
		s.ok("ana", "POST", "/api/events", eventBody(dfid, "created", "public", `{}`))
	}
	lists, calls := s.page(dfids...)
	if len(lists) != 200 || len(calls) != 7 {
		t.Fatal(len(lists), calls)
	}
	for n, list := range lists {
		if len(list) == 1 != (n < 40) {
			t.Fatal(n, list)
		}
	}
	if lists, calls = s.page(); len(lists) != 0 || len(calls) != 0 {
		t.Fatal(lists, calls)
	}
	for _, dfid := range dfids[:5] {
		for n := range 3 {
			s.ok("ana", "POST", "/api/events", eventBody(dfid, "updated", "public", fmt.Sprintf(`{"n":%d,"text":%q}`, n, strings.Repeat("x", 20<<10))))
		}
	}
	if lists, calls = s.page(dfids...); len(lists) != 3 || len(calls) != 1+9 {
		t.Fatal(len(lists), calls)
	}
}
