package load

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

// A service that never answers costs the timeout, and the queue still drains.
func TestHang(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := service(t, func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Method == "GET" {
				<-r.Context().Done()
			}
			return false
		})
		result, records := mustRun(t, t.Context(), c, Options{Scenario: "verify", Rate: 10, Duration: time.Second, Concurrency: 5, Users: 1})
		if result.Failed != 10 || fmt.Sprint(result.Kinds) != "[{client_timeout 10}]" || fmt.Sprint(result.Statuses) != "[{none 10}]" || result.Achieved != 0 {
			t.Errorf("%+v", result)
		}
		// The first five have a place at once, the others when those have timed out: 10 s after they were sent.
		for i, r := range records {
			want := 10_000.0
			if i >= 5 {
				want = 20_000 - 500 // sent when the place of the one five before was free
			}
			if r.Duration != want || r.Status != 0 || *r.Kind != KindTimeout {
				t.Errorf("request %d: %+v", i, r)
			}
		}
	})
}

func TestConnectionThatBreaks(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := service(t, func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) })
		result, _ := mustRun(t, t.Context(), c, Options{Scenario: "register", Rate: 5, Duration: time.Second, Concurrency: 4, Users: 1})
		if fmt.Sprint(result.Kinds) != "[{client_lost 5}]" {
			t.Errorf("%+v", result.Kinds)
		}
	})
}

func TestAnswersAreHeldAgainstTheContract(t *testing.T) {
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		kind   string
	}{
		"no token":        {func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(`{"user_id":"u"}`)) }, KindUnexpected},
		"another account": {func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(`{"user_id":"u","token":"t"}`)) }, KindUnexpected},
		"no JSON":         {func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(`<html>`)) }, KindUnexpected},
		"another status":  {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, KindUnexpected},
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/health", http.StatusTemporaryRedirect)
		}, KindUnexpected},
		"unexplained": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502); w.Write([]byte("bad gateway")) }, KindUnexplained},
		"explained":   {func(w http.ResponseWriter, _ *http.Request) { refuse(w, 500, "database_error", "") }, "database_error"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				c := service(t, func(w http.ResponseWriter, r *http.Request) bool {
					if r.URL.Path == "/api/auth/login" {
						tt.answer(w, r)
						return true
					}
					return false
				})
				result, _ := mustRun(t, t.Context(), c, Options{Scenario: "login", Rate: 1, Duration: time.Second, Concurrency: 1, Users: 1})
				if fmt.Sprint(result.Kinds) != fmt.Sprintf("[{%s 1}]", tt.kind) {
					t.Errorf("%+v", result.Kinds)
				}
			})
		})
	}
}

func TestStrayedTracesAreCounted(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := service(t, func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("X-Trace-Id", "0123456789abcdef0123456789abcdef")
			return false
		})
		result, records := mustRun(t, t.Context(), c, Options{Scenario: "register", Rate: 3, Duration: time.Second, Concurrency: 3, Users: 1})
		if result.Client.StrayedTraces != 3 || records[0].TraceID != "0123456789abcdef0123456789abcdef" {
			t.Errorf("%+v, %+v", result.Client, records[0])
		}
	})
}

func TestRefusedConnections(t *testing.T) {
	c := NewClient("http://127.0.0.1:1", time.Second, 1)
	o := Options{Scenario: "register", Rate: 1000, Duration: 5 * time.Millisecond, Concurrency: 2, Users: 1}
	result, err := Run(t.Context(), c, o, nil)
	if err != nil || result.Failed != 5 || fmt.Sprint(result.Kinds) != "[{client_no_connection 5}]" {
		t.Errorf("%+v, %v", result, err)
	}
	if r := Smoke(t.Context(), c, 1); r.Complete() || r.Failures[0].Kind != KindNoConnection {
		t.Errorf("%+v", r)
	}
}
