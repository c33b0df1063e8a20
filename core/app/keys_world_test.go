package app_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tracedge/core/app"
	"tracedge/core/overhttp"
	"tracedge/core/shell"
	"tracedge/core/storage"
	"tracedge/core/storage/wire"
)

// The keys' side of the world: requests with a key, and a look at what is stored.

// send sends a request with header fields, waits for what follows it, and returns the status with the decoded body, nil
// when there is none.
func (s *service) send(t *testing.T, method, path, body string, fields ...string) (int, any) {
	t.Helper()
	w := s.serve(method, path, body, fields...)
	s.Drain()
	var v any
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
			t.Fatalf("%s %s: %d %q: %v", method, path, w.Code, w.Body, err)
		}
	}
	return w.Code, v
}

// serve sends a request without waiting for what follows it; many may be served at once.
func (s *service) serve(method, path, body string, fields ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	overhttp.Handler(s.Answer).ServeHTTP(w, r)
	return w
}

// keyed is the status and the code of a request with a key.
func (s *service) keyed(t *testing.T, method, path, key string) (int, string) {
	t.Helper()
	status, v := s.send(t, method, path, "", "X-API-Key", key)
	object, _ := v.(map[string]any)
	code, _ := object["error"].(string)
	return status, code
}

// newAna registers ana and returns her token.
func (s *service) newAna(t *testing.T) string {
	t.Helper()
	code, v := s.call(t, "POST", "/api/auth/register", "", ana)
	if code != 200 {
		t.Fatal(code, v)
	}
	return v["token"].(string)
}

// newKey makes a key with further fields and returns its text and id.
func (s *service) newKey(t *testing.T, token, more string) (text, id string) {
	t.Helper()
	code, v := s.call(t, "POST", "/api/api-keys", token, keyBody(more))
	if code != 200 {
		t.Fatal(code, v)
	}
	return v["api_key"].(string), v["metadata"].(map[string]any)["id"].(string)
}

func keyBody(more string) string {
	if more != "" {
		more = "," + more
	}
	return `{"name":"gate","organization_type":"Producer"` + more + `}`
}

// listed are the ids of all keys of an account.
func (s *service) listed(t *testing.T, token, query string) []string {
	t.Helper()
	code, v := s.send(t, "GET", "/api/api-keys?"+query, "", "Authorization", "Bearer "+token)
	if code != 200 {
		t.Fatal(code, v)
	}
	var ids []string
	for _, e := range v.([]any) {
		ids = append(ids, e.(map[string]any)["metadata"].(map[string]any)["id"].(string))
	}
	return ids
}

// dump is what is stored in a partition, by key.
func (w *world) dump(t *testing.T, p storage.Partition) map[string]string {
	t.Helper()
	reply, err := w.backend.Read(t.Context(), wire.ReadRequest{
		Partition: p.String(), Scans: []wire.Scan{{Prefix: p.String() + "/", Limit: 1000}},
	})
	if err != nil || !reply.OK {
		t.Fatal(err, reply)
	}
	out := make(map[string]string)
	for _, r := range reply.Scans[0].Records {
		out[strings.TrimPrefix(r.Key, p.String()+"/")] = r.Doc
	}
	return out
}

// events counts the audit events of an action in a partition.
func (w *world) events(t *testing.T, p storage.Partition, action string) int {
	t.Helper()
	n := 0
	for key, doc := range w.dump(t, p) {
		if strings.HasPrefix(key, "audit/") && strings.Contains(doc, fmt.Sprintf(`"action":%q`, action)) {
			n++
		}
	}
	return n
}

// edit changes a stored record behind the product's back; an empty new text deletes it.
func (w *world) edit(t *testing.T, p storage.Partition, key, old, new string) {
	t.Helper()
	doc, ok := w.dump(t, p)[key]
	if !ok || !strings.Contains(doc, old) {
		t.Fatalf("%s is %q", key, doc)
	}
	k := p.String() + "/" + key
	req := wire.CommitRequest{Partition: p.String(), Token: fmt.Sprintf("edit-%016d", w.clock().UnixNano())}
	if new == "" {
		req.Deletes = []string{k}
	} else {
		put := wire.Put{Key: k, Doc: strings.ReplaceAll(doc, old, new)}
		if key == "account" {
			put.EdgeKey = k
		}
		req.Puts = []wire.Put{put}
	}
	if reply, err := w.backend.Commit(t.Context(), req); err != nil || !reply.OK {
		t.Fatal(err, reply)
	}
}

// slow is another instance, whose commits something can happen before.
type slow struct {
	*service
	before func(wire.CommitRequest)
}

// slow starts one; it enforces the limits of tiers.
func (s *service) slow(t *testing.T) *slow {
	t.Helper()
	out := &slow{service: &service{world: s.world}}
	a, err := app.New(app.Options{
		Vars: map[string]string{"JWT_SECRET": strings.Repeat("s", 32), "BCRYPT_COST": "4", "LIMITS_MODE": "enforce"}, Sequencer: out, Edge: s.world.backend.Edge(),
		Fetcher: s.world, Logger: out, Clock: s.world.clock, Random: rand.Reader, Build: shell.Build{Version: "test"},
	})
	if err != nil {
		t.Fatal(err)
	}
	out.App = a
	return out
}

func (s *slow) Commit(ctx context.Context, r wire.CommitRequest) (wire.CommitReply, error) {
	if s.before != nil {
		s.before(r)
	}
	return s.service.Commit(ctx, r)
}

// userOf is the partition of a token's account.
func (s *service) userOf(t *testing.T, token string) storage.Partition {
	t.Helper()
	code, v := s.call(t, http.MethodGet, "/api/auth/profile", token, "")
	if code != 200 {
		t.Fatal(code, v)
	}
	return storage.In("user", v["user_id"].(string))
}
