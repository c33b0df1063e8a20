package app_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// Accounts with items, and what is left of them when an instance dies.

const itemsPath = "/api/items"

// farm is a world with an account that owns items, ready for an instance to die.
type farm struct {
	*world
	vars  map[string]string
	token string
	user  string // id of the account
}

func newFarm(t *testing.T, vars map[string]string) *farm {
	w := newWorld()
	s := w.start(t, vars)
	f := &farm{world: w, vars: vars, token: s.newAna(t)}
	f.user = strings.TrimPrefix(s.userOf(t, f.token).String(), "user/")
	return f
}

// instance starts another one; its start is not part of what it is then asked for.
func (f *farm) instance(t *testing.T) *service {
	s := f.start(t, f.vars)
	s.call(t, "GET", "/health", "", "")
	return s
}

// ask sends a request of the account.
func (f *farm) ask(t *testing.T, s *service, method, path, body string, fields ...string) (int, any) {
	t.Helper()
	return s.send(t, method, path, body, append(fields, "Authorization", "Bearer "+f.token)...)
}

// must is ask for what has to succeed.
func (f *farm) must(t *testing.T, s *service, method, path, body string, fields ...string) any {
	t.Helper()
	code, v := f.ask(t, s, method, path, body, fields...)
	if code != 200 {
		t.Fatalf("%s %s %s: %d %v", method, path, body, code, v)
	}
	return v
}

// pair is an identifier.
func pair(class, key, value string) string {
	return fmt.Sprintf(`{"key":%q,"value":%q,"id_type":%q}`, key, value, class)
}

const source = "6ba7b810-9dad-41d1-80b4-00c04fd430c8"

// itemBody is the body of I1.
func itemBody(data string, identifiers ...string) string {
	if data == "" {
		data = "null"
	}
	return fmt.Sprintf(`{"identifiers":[%s],"source_entry":%q,"enriched_data":%s}`, strings.Join(identifiers, ","), source, data)
}

func (f *farm) newItem(t *testing.T, s *service, data string, identifiers ...string) string {
	t.Helper()
	return text(f.must(t, s, "POST", itemsPath, itemBody(data, identifiers...)), "dfid")
}

// text is a member of an object.
func text(v any, name string) string {
	object, _ := v.(map[string]any)
	s, _ := object[name].(string)
	return s
}

// owned are the dfids of a list.
func (f *farm) owned(t *testing.T, s *service, query string) []string {
	t.Helper()
	var ids []string
	for _, v := range f.must(t, s, "GET", itemsPath+query, "").([]any) {
		ids = append(ids, text(v, "dfid"))
	}
	return ids
}

// crashes runs a request undisturbed on a farm that set has prepared, to know its calls, and then once for each of them
// dying there. After each the world waits for the life of a reservation, and check looks at it with the status that the
// dying instance answered.
func (f *farm) crashes(t *testing.T, set func(*testing.T, *farm), request func(*testing.T, *farm, *service) int, want int,
	check func(t *testing.T, f *farm, code int)) {
	prepare := func(t *testing.T) *farm {
		f := newFarm(t, f.vars)
		set(t, f)
		return f
	}
	undisturbed := prepare(t)
	s := undisturbed.instance(t)
	before := s.calls
	if code := request(t, undisturbed, s); code != want {
		t.Fatalf("undisturbed: %d", code)
	}
	check(t, undisturbed, want)
	everyStep(t, s.calls-before, func(t *testing.T, step int, applied bool) {
		f := prepare(t)
		s := f.instance(t)
		s.dieAt, s.applied = s.calls+step, applied
		code := request(t, f, s)
		f.pass(61 * time.Second)
		check(t, f, code)
	})
}

func decoded(t *testing.T, body []byte) (v map[string]any) {
	t.Helper()
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
