package app_test

import (
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"tracedge/core/storage"
	"tracedge/core/storage/wire"
)

// The circuits' side of the world: people, requests of theirs, and a look at what a circuit's partition holds.

// person is an account with a token.
type person struct{ id, token string }

func (s *service) person(t *testing.T, name string) person {
	t.Helper()
	code, v := s.call(t, "POST", "/api/auth/register", "",
		fmt.Sprintf(`{"username":%q,"email":"%s@farm.example","password":"Cocoa beans 1"}`, name, name))
	if code != 200 {
		t.Fatal(code, v)
	}
	return person{v["user_id"].(string), v["token"].(string)}
}

// as sends a request of a person below /api/circuits and returns status and body, a bare array under "list".
func (s *service) as(t *testing.T, who person, method, path, body string, fields ...string) (int, map[string]any) {
	t.Helper()
	if who.token != "" {
		fields = append(fields, "Authorization", "Bearer "+who.token)
	}
	code, v := s.send(t, method, "/api/circuits"+path, body, fields...)
	if list, ok := v.([]any); ok {
		return code, map[string]any{"list": list}
	}
	object, _ := v.(map[string]any)
	return code, object
}

// must is as for a request that has to succeed.
func (s *service) must(t *testing.T, who person, method, path, body string, fields ...string) map[string]any {
	t.Helper()
	code, v := s.as(t, who, method, path, body, fields...)
	if code != 200 {
		t.Fatalf("%s %s %s: %d %v", method, path, body, code, v)
	}
	return v
}

// refused wants a status and the code of a rule, "" for none.
func (s *service) refused(t *testing.T, who person, method, path, body string, status int, rule string) {
	t.Helper()
	code, v := s.as(t, who, method, path, body)
	if got, _ := v["code"].(string); code != status || got != rule {
		t.Fatalf("%s %s %s: %d %v, want %d %s", method, path, body, code, v, status, rule)
	}
}

func circuitBody(more string) string {
	if more != "" {
		more = "," + more
	}
	return `{"name":"Cocoa","description":"Beans"` + more + `}`
}

func (s *service) found(t *testing.T, who person, more string) string {
	t.Helper()
	return s.must(t, who, "POST", "", circuitBody(more))["circuit_id"].(string)
}

// circuitRows are the ends of the keys of a circuit's rows, without those of the machinery.
func (w *world) circuitRows(t *testing.T, id string) []string {
	t.Helper()
	return w.rows(t, storage.In("circuit", id))
}

func (w *world) rows(t *testing.T, p storage.Partition) []string {
	t.Helper()
	var out []string
	for k := range maps.Keys(w.dump(t, p)) {
		k = strings.TrimPrefix(k, p.String()+"/")
		area, _, _ := strings.Cut(k, "/")
		if !slices.Contains([]string{"op", "inbox", "outbox", "sweep", "fence"}, area) {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

func ids(v map[string]any) []string {
	out := []string{}
	for _, c := range v["list"].([]any) {
		out = append(out, c.(map[string]any)["circuit_id"].(string))
	}
	return out
}

// hold puts an item into a circuit, as pushing it will.
func (w *world) hold(t *testing.T, circuitID, dfid string) {
	t.Helper()
	p := storage.In("circuit", circuitID)
	reply, err := w.backend.Commit(t.Context(), wire.CommitRequest{
		Partition: p.String(), Token: rand.Text(), Puts: []wire.Put{{Key: string(p.Key("item", dfid)), Doc: fmt.Sprintf(`{"dfid":%q}`, dfid)}},
	})
	if err != nil || !reply.OK {
		t.Fatal(err, reply)
	}
}
