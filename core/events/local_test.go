package events_test

import (
	"slices"
	"strings"
	"testing"

	"tracedge/core/fault"
	"tracedge/core/storage"
)

func TestLocalEvent(t *testing.T) {
	s := newWorld().stage(t, secretsKey)
	v := s.ok("ana", "POST", "/api/events/local", localBody("created", "PUBLIC", `{"n":18446744073709551615,"f":1.0,"x":"<é>","n":1}`))
	if v["event_type"] != "Created" || v["visibility"] != "Public" || v["source"] != "ana" || v["is_local"] != true {
		t.Error(v)
	}
	if got, want := s.labels(), []string{"eventrefs_put_home", "localevents_create_event", "users_apply_rows"}; !slices.Equal(got, want) {
		t.Errorf("calls %v", got)
	}
	id, local := v["event_id"].(string), v["local_event_id"].(string)
	if _, doc := s.raw("ana", "GET", "/api/events/local/"+strings.ToUpper(local), ""); !strings.Contains(string(doc), `"metadata":{"f":1.0,"n":1,"x":"<é>"}`) {
		t.Errorf("%s", doc)
	}
	if got := s.labels(); !slices.Equal(got, []string{"localevents_get_local"}) {
		t.Errorf("calls %v", got)
	}
	one := s.ok("ana", "GET", "/api/events/"+id, "")
	if one["dfid"] != "LOCAL-EVENT-"+local || one["is_encrypted"] != false || one["event_id"] != id {
		t.Error(one)
	}
	if got := s.labels(); !slices.Equal(got, []string{"eventrefs_get_home", "events_get_event"}) {
		t.Errorf("calls %v", got)
	}
	for _, path := range []string{"/api/events/local/" + local, "/api/events/" + id} {
		s.refused(404, fault.Missing, "eve", "GET", path, "")
	}
	if got := s.list("ana", "/api/events"); !slices.Equal(got, []string{id}) {
		t.Errorf("feed %v", got)
	}
	if got := s.list("eve", "/api/events"); len(got) != 0 {
		t.Errorf("the feed of another is %v", got)
	}
	// Not one of them makes the other a duplicate.
	again := s.ok("ana", "POST", "/api/events/local", localBody("created", "public", `{"n":1}`))
	if again["event_id"] == id || again["local_event_id"] == local {
		t.Error(again)
	}
	s.atRest()
	user := storage.In("user", "ana")
	for area, want := range map[string]int{"activity/": 2, "audit/": 2, "feed/": 2, "feedix/": 6} {
		if n := s.count(t, user, area); n != want {
			t.Errorf("%d records %s, want %d", n, area, want)
		}
	}
}

func TestLocalEventRefusals(t *testing.T) {
	s := newWorld().stage(t, nil)
	for body, field := range map[string]string{
		localBody("direct", "public", "{}"):  "event_type",
		localBody("created", "Direct", "{}"): "visibility",
		localBody("nothing", "Direct", "{}"): "event_type",
	} {
		v := s.refused(400, fault.Validation, "ana", "POST", "/api/events/local", body)
		if v["field"] != field || v["provided"] == nil || len(v["allowed"].([]any)) < 3 {
			t.Error(v)
		}
	}
	for body, field := range map[string]string{
		localBody("created", "public", "[]"):            "metadata",
		localBody("created", "public", `{"a":1e999}`):   "metadata",
		`{"event_type":"created"}`:                      "visibility",
		`{"event_type":1,"visibility":"public"}`:        "event_type",
		`{"event_type":"created","visibility":["all"]}`: "visibility",
	} {
		if v := s.refused(422, fault.Validation, "ana", "POST", "/api/events/local", body); v["field"] != field {
			t.Error(body, v)
		}
	}
	s.refused(503, fault.Other, "ana", "POST", "/api/events/local", localBody("created", "private", "{}"))
	if n := len(s.dump(t, storage.In("user", "ana"))); n != 0 {
		t.Errorf("%d records were written", n)
	}
}

func TestPrivate(t *testing.T) {
	w := newWorld()
	s := w.stage(t, secretsKey)
	const secret = "the-secret-text"
	v := s.ok("ana", "POST", "/api/events/local", localBody("created", "private", `{"note":"`+secret+`"}`))
	id, local := v["event_id"].(string), v["local_event_id"].(string)
	s.ok("ana", "POST", "/api/events/"+id+"/metadata", `{"more":"`+secret+`"}`)
	if one := s.ok("ana", "GET", "/api/events/"+id, ""); one["is_encrypted"] != true || one["metadata"].(object)["more"] != secret || one["metadata"].(object)["note"] != secret {
		t.Error(one)
	}
	if _, doc := s.raw("ana", "GET", "/api/events/private", ""); !strings.Contains(string(doc), secret) {
		t.Errorf("%s", doc)
	}
	for _, p := range []storage.Partition{storage.In("user", "ana"), storage.In("localevent", local), storage.In("eventref", id)} {
		for key, doc := range w.dump(t, p) {
			if strings.Contains(doc, secret) {
				t.Errorf("%s: %s", key, doc)
			}
		}
	}
	// Without the key nothing private is shown, and nothing else is affected; with another one it cannot be read.
	without := w.stage(t, nil)
	without.refused(503, fault.Other, "ana", "GET", "/api/events/"+id, "")
	without.refused(503, fault.Other, "ana", "GET", "/api/events/private", "")
	without.refused(503, fault.Other, "ana", "POST", "/api/events/"+id+"/metadata", "{}")
	if got := without.list("ana", "/api/events/public"); len(got) != 0 {
		t.Error(got)
	}
	w.stage(t, []byte(strings.Repeat("x", 32))).refused(500, fault.DatabaseError, "ana", "GET", "/api/events/"+id, "")
}

// Metadata of any size that a body can have is kept, in events and behind feeds.
func TestLargeMetadata(t *testing.T) {
	for _, visibility := range []string{"public", "private"} {
		s := newWorld().stage(t, secretsKey)
		var ids []string
		var texts []string
		for _, size := range []int{100, 16 << 10, 40 << 10, 1900 << 10} {
			text := strings.Repeat("<\u2028é", size/6)
			v := s.ok("ana", "POST", "/api/events/local", localBody("created", visibility, `{"text":"`+text+`"}`))
			ids, texts = append(ids, v["event_id"].(string)), append(texts, text)
			if got := s.ok("ana", "GET", "/api/events/"+v["event_id"].(string), ""); got["metadata"].(object)["text"] != text {
				t.Errorf("%s: a text of %d bytes is not read back", visibility, len(text))
			}
		}
		slices.Reverse(ids)
		if got := s.list("ana", "/api/events/visibility/"+visibility); !slices.Equal(got, ids) {
			t.Errorf("%s: %v, want %v", visibility, got, ids)
		}
		id := ids[0]
		v := s.ok("ana", "POST", "/api/events/"+id+"/metadata", `{"more":1}`)
		if got := s.ok("ana", "GET", "/api/events/"+id, "")["metadata"].(object); got["text"] != texts[3] || got["more"] != 1. || v["metadata"].(object)["text"] != texts[3] {
			t.Errorf("%s: it is lost with an amendment", visibility)
		}
		s.refused(422, fault.Validation, "ana", "POST", "/api/events/"+id+"/metadata", `{"even more":"`+strings.Repeat("x", 300<<10)+`"}`)
	}
}

// A page of large events ends early and goes on with the next.
func TestManyLargeEvents(t *testing.T) {
	s := newWorld().stage(t, secretsKey)
	var ids []string
	for range 20 {
		v := s.ok("ana", "POST", "/api/events/local", localBody("created", "public", `{"text":"`+strings.Repeat("x", 20<<10)+`"}`))
		ids = append(ids, v["event_id"].(string))
	}
	slices.Reverse(ids)
	if got := s.list("ana", "/api/events?limit=200"); !slices.Equal(got, ids) {
		t.Errorf("%v, want %v", got, ids)
	}
	s.raw("ana", "GET", "/api/events?limit=200", "")
	if n := len(s.labels()); n != 1+2*8 {
		t.Errorf("%d calls", n)
	}
}
