package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestMutations breaks the service in one way at a time and wants the suite to notice, and wants it to notice nothing
// when nothing is broken: a case that cannot fail proves nothing.
func TestMutations(t *testing.T) {
	replaced := func(old, new string) native { return native{wrap: editReply(func(r *reply) { r.replace(old, new) })} }
	for _, m := range []struct {
		name    string
		cases   string // a prefix of the cases of the default group that must notice
		runtime Runtime
		silent  bool
	}{
		{"nothing", "shell/", native{}, true},
		{"nothing-at-registration", "register/both-taken", native{}, true},
		{"nothing-in-records", "records/", native{}, true},
		{"no-trace-id", "shell/health", native{wrap: editReply(func(r *reply) { r.header.Del("X-Trace-Id") })}, false},
		{"no-server-timing", "shell/health", native{wrap: editReply(func(r *reply) { r.header.Del("Server-Timing") })}, false},
		{"cacheable", "shell/health", native{wrap: editReply(func(r *reply) { r.header.Set("Cache-Control", "max-age=60") })}, false},
		{"no-challenge", "profile/no-credential", native{wrap: editReply(func(r *reply) { r.header.Del("WWW-Authenticate") })}, false},
		{"no-allow", "method/DELETE-root", native{wrap: editReply(func(r *reply) { r.header.Del("Allow") })}, false},
		{"indented-json", "shell/health", replaced(`":`, `": `), false},
		{"not-as-documented", "shell/query-unknown", replaced(`"uptime":"`, `"uptime":1,"x":"`), false},
		{"wrong-kind", "path/nothing", replaced(`"error_kind":"not_found"`, `"error_kind":"other"`), false},
		{"another-trace-in-body", "path/nothing", replaced(`"trace_id":"`, `"trace_id":"0`), false},
		{"another-field", "register/both-taken", replaced(`"field":"username"`, `"field":"email"`), false},
		{"409-as-200", "race/one-username", native{wrap: editReply(func(r *reply) {
			if r.status == 409 {
				r.status = 200
			}
		})}, false},
		{"replay-not-marked", "idempotency/replay", native{wrap: editReply(func(r *reply) { r.header.Del("Idempotency-Replayed") })}, false},
		{"verify-without-valid", "verify/garbage", replaced(`"valid":false`, `"valid":true`), false},
		{"trailing-slash", "path/trailing-slash-health", native{wrap: editRequest(func(r *http.Request, _ *[]byte) {
			r.URL.Path = strings.TrimRight(r.URL.Path, "/")
			r.URL.RawPath, r.RequestURI = "", r.URL.Path
		})}, false},
		{"any-content-type", "content-type/login/text", native{wrap: editRequest(func(r *http.Request, _ *[]byte) {
			r.Header.Set("Content-Type", "application/json")
		})}, false},
		{"last-name-counts", "field/login/username/twice", native{wrap: editRequest(func(_ *http.Request, body *[]byte) {
			*body = reencoded(*body)
		})}, false},
		{"trailing-bytes-dropped", "syntax/login/two-values", native{wrap: editRequest(func(_ *http.Request, body *[]byte) {
			*body = reencoded(*body)
		})}, false},
		{"password-trimmed", "password/takes/spaces-around", native{wrap: editRequest(func(_ *http.Request, body *[]byte) {
			*body = []byte(strings.NewReplacer(`"  Aa1`, `"Aa1`, `  "`, `"`).Replace(string(*body)))
		})}, false},
		{"traceparent-ignored", "trace/sampled", native{wrap: editRequest(func(r *http.Request, _ *[]byte) { r.Header.Del("Traceparent") })}, false},
		{"records-twice", "records/one", edited{func(r []Record) []Record { return append(r, r...) }}, false},
		{"records-lost", "records/one", edited{func(r []Record) []Record { return r[:len(r)/2] }}, false},
		{"records-of-another-status", "records/as", edited{func(r []Record) []Record { return altered(r, "status_code", json.Number("418")) }}, false},
		{"records-without-duration", "records/fields", edited{func(r []Record) []Record { return altered(r, "duration_ms", nil) }}, false},
	} {
		t.Run(m.name, func(t *testing.T) {
			failures := verdict(t, m.runtime, m.cases)
			if m.silent && len(failures) > 0 {
				t.Errorf("%s complain without a reason: %s", m.cases, failures)
			}
			if !m.silent && len(failures) == 0 {
				t.Errorf("%s noticed nothing", m.cases)
			}
		})
	}
}

// TestSecrecy wants a password and a token in a record to be found, and a record without them to pass.
func TestSecrecy(t *testing.T) {
	for name, leak := range map[string]func(*user) string{
		"nothing":  func(u *user) string { return u.id },
		"password": func(u *user) string { return "body was " + u.password },
		"username": func(u *user) string { return "username/" + strings.ToUpper(u.name) },
		"token":    func(u *user) string { return u.token[strings.LastIndex(u.token, ".")+1:] },
	} {
		t.Run(name, func(t *testing.T) {
			su := &suite{runtime: native{}}
			u := newSession(t, su.start(t, Group{})).newUser()
			su.records = []Record{{"message": leak(u)}}
			rec := &recorder{TB: t}
			su.runSecrecy(rec)
			if found := len(rec.failures) > 0; found != (name != "nothing") {
				t.Errorf("found %q", rec.failures)
			}
		})
	}
}

// verdict runs the cases of the default group with that prefix and returns what failed. Cases about records get some
// replies to look at first.
func verdict(t *testing.T, rt Runtime, prefix string) []string {
	t.Helper()
	return groupVerdict(t, Groups()[0], rt, prefix)
}

// groupVerdict is verdict for another group.
func groupVerdict(t *testing.T, g Group, rt Runtime, prefix string) []string {
	t.Helper()
	su := &suite{runtime: rt}
	v := su.start(t, g)
	v.recordWait = time.Second
	rec := &recorder{TB: t}
	run := func(c Case) {
		var wait sync.WaitGroup
		wait.Go(func() { // FailNow ends this goroutine, not the test
			v.slots <- struct{}{}
			defer func() { <-v.slots }()
			c.Run(newSession(rec, v))
		})
		wait.Wait()
	}
	if strings.HasPrefix(prefix, "records/") {
		newSession(t, v).newUser()
	}
	ran := 0
	for _, c := range g.Cases {
		if strings.HasPrefix(c.Name, prefix) {
			ran++
			run(c)
		}
	}
	if ran == 0 {
		t.Fatalf("no case begins with %q", prefix)
	}
	return rec.failures
}

// recorder keeps failures instead of failing the test around it.
type recorder struct {
	testing.TB
	mu       sync.Mutex
	failures []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *recorder) FailNow() { runtime.Goexit() }

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	r.FailNow()
}

func (r *recorder) Fatal(args ...any) { r.Fatalf("%s", fmt.Sprint(args...)) }

// reply is a response on its way out.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r *reply) replace(old, new string) { r.body = bytes.ReplaceAll(r.body, []byte(old), []byte(new)) }

// editReply changes every response.
func editReply(edit func(*reply)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			recorded := httptest.NewRecorder()
			next.ServeHTTP(recorded, r)
			out := reply{recorded.Code, recorded.Header(), recorded.Body.Bytes()}
			edit(&out)
			for name, values := range out.header {
				w.Header()[name] = values
			}
			w.WriteHeader(out.status)
			_, _ = w.Write(out.body)
		})
	}
}

// editRequest changes every request.
func editRequest(edit func(*http.Request, *[]byte)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			edit(r, &body)
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			next.ServeHTTP(w, r)
		})
	}
}

// reencoded is what a decoder that stops after the first value and lets the last name win would see.
func reencoded(body []byte) []byte {
	var value any
	if json.NewDecoder(bytes.NewReader(body)).Decode(&value) != nil {
		return body
	}
	out, err := json.Marshal(value)
	if err != nil {
		return body
	}
	return out
}

// edited is the native runtime with other records.
type edited struct{ edit func([]Record) []Record }

func (edited) Name() string { return "edited" }

func (e edited) Start(t testing.TB, settings map[string]string) *Target {
	target := native{}.Start(t, settings)
	records := target.Records
	target.Records = func() []Record { return e.edit(records()) }
	return target
}

// altered sets a member of every record.
func altered(records []Record, name string, value any) []Record {
	for i, r := range records {
		changed := Record{}
		for k, v := range r {
			changed[k] = v
		}
		changed[name] = value
		records[i] = changed
	}
	return records
}
