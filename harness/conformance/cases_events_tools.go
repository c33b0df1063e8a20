package conformance

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"lukechampine.com/blake3"
)

// The requests of items, section 10.

func (u *user) event(dfid, kind, visibility, metadata string) Request {
	return u.eventBody(fmt.Sprintf(`{"dfid":%q,"event_type":%q,"visibility":%q,"metadata":%s}`, dfid, kind, visibility, metadata))
}

func (u *user) eventBody(body string) Request { return post("/api/events", body).bearer(u.token) }

func (u *user) localEvent(kind, visibility, metadata string) Request {
	return u.localEventBody(fmt.Sprintf(`{"event_type":%q,"visibility":%q,"metadata":%s}`, kind, visibility, metadata))
}

func (u *user) localEventBody(body string) Request {
	return post("/api/events/local", body).bearer(u.token)
}

func (u *user) events(path string) Request { return get("/api/events" + path).bearer(u.token) }

func (u *user) amend(id, metadata string) Request {
	return post("/api/events/"+id+"/metadata", metadata).bearer(u.token)
}

// newItem creates an item of an account and returns its dfid.
func (s *Session) newItem(u *user) string {
	s.Helper()
	body := fields{"source_entry": "8e03978e-40d5-43e8-bc93-6894a57f9324", "identifiers": []fields{{"key": "ear tag", "value": s.newName()}}}
	return s.ask("I1", post("/api/items", body.String()).bearer(u.token), ok, nonEmpty("dfid")).text("dfid")
}

// share lets another user read an item.
func (s *Session) share(u *user, dfid string, with *user) {
	s.Helper()
	s.ask("I17", post("/api/items/"+dfid+"/share", fields{"recipient_user_id": with.id}.String()).bearer(u.token), ok)
}

// made sends a request that makes an event and returns the event's id. It lets the clock go on by a millisecond, the
// resolution of times, so that the next event is newer: ties are in the order of ids.
func (s *Session) made(r Request) string {
	s.Helper()
	id := s.ask("E1, E2", r, ok, nonEmpty("event_id")).text("event_id")
	return id
}

// eventShape is an EventResponse.
func eventShape() Check {
	return all(ok, uuid("event_id"), nonEmpty("dfid", "event_type", "source", "visibility"), integer("timestamp"), object("metadata"), boolean("is_encrypted"))
}

func uuid(path string) Check {
	return matching(path, "a UUID", `^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
}

func object(path string) Check {
	return each([]string{path}, "an object", func(v any) bool { _, is := v.(map[string]any); return is })
}

func boolean(path string) Check {
	return each([]string{path}, "true or false", func(v any) bool { _, is := v.(bool); return is })
}

// verbatim wants a member to stand in the body byte for byte.
func verbatim(name, value string) Check {
	return func(r *Reply) string {
		if want := `"` + name + `":` + value; !strings.Contains(string(r.Body), want) {
			return "it does not hold " + cut(want, 300)
		}
		return ""
	}
}

// eventList reads a list page by page, as long as there is a Link, and returns the events.
func (s *Session) eventList(u *user, path string) (list []map[string]any) {
	s.Helper()
	const says = "items 10: bare array of EventResponse, newest first; C8: Link"
	target := "/api/events" + path
	for range 100 {
		r := s.ask(says, get(target).bearer(u.token), ok)
		page := s.eventsIn(r)
		list = append(list, page...)
		link := r.Header.Get("Link")
		if link == "" {
			return list
		}
		var fits bool
		if target, fits = strings.CutSuffix(strings.TrimPrefix(link, "<"), `>; rel="next"`); !fits {
			s.wrong(r, "Link is "+link, "C8")
			s.FailNow()
		}
	}
	s.Fatalf("%s does not end; contract: C8", path)
	return nil
}

// eventsIn are the events of one page.
func (s *Session) eventsIn(r *Reply) []map[string]any {
	s.Helper()
	var list []map[string]any
	decoder := json.NewDecoder(strings.NewReader(string(r.Body)))
	decoder.UseNumber()
	if err := decoder.Decode(&list); err != nil || list == nil {
		s.wrong(r, "no array of objects", "items 10: bare array")
		s.FailNow()
	}
	for i, e := range list {
		one := &Reply{Request: r.Request, Status: r.Status, object: e}
		if wrong := eventShape()(one); wrong != "" {
			s.wrong(r, fmt.Sprintf("entry %d: %s", i, wrong), "items 14: EventResponse")
		}
	}
	return list
}

// lists wants a list to hold exactly these events, newest first.
func (s *Session) lists(u *user, path string, want ...string) {
	s.Helper()
	var got []string
	for _, e := range s.eventList(u, path) {
		got = append(got, fmt.Sprint(e["event_id"]))
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		s.Errorf("GET /api/events%s lists %v, want %v; contract: items 10", path, got, want)
	}
}

func reversed(ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[len(ids)-1-i] = id
	}
	return out
}

// contentHash is items 9.1, of metadata in its canonical text.
func contentHash(dfid, kind, source, metadata string) string {
	sum := blake3.Sum256([]byte(dfid + kind + source + metadata))
	return hex.EncodeToString(sum[:])
}

// vectors are pairs of JSON as it may be sent and its canonical text.
func vectors() [][2]string {
	doc, err := os.ReadFile("../../core/canon/testdata/text.txt")
	if err != nil {
		panic(err)
	}
	var out [][2]string
	_, rest, _ := strings.Cut(string(doc), "\n")
	for block := range strings.SplitSeq(rest, "\n\n") {
		if sent, want, pair := strings.Cut(strings.TrimRight(block, "\n"), "\n"); pair {
			out = append(out, [2]string{sent, want})
		}
	}
	return out
}
