package load

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestSmoke(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var verified atomic.Int64
		c := service(t, func(_ http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/api/auth/verify" {
				time.Sleep(time.Duration(verified.Add(1)) * 10 * time.Millisecond)
			}
			return false
		})
		r := Smoke(t.Context(), c, 20)
		if !r.Complete() || r.Total.All != 80 || len(r.Failures) != 0 {
			t.Fatalf("%+v", r)
		}
		// 10, 20, ... 200 ms
		if s := r.Steps[3]; s.Name != StepVerify || s.Good != 20 || s.Mean != 105*time.Millisecond || s.P95 != 190*time.Millisecond || s.P99 != 200*time.Millisecond {
			t.Errorf("%+v", s)
		}
		if s := r.Total; s.Mean != 26250*time.Microsecond || s.P95 != 160*time.Millisecond || s.P99 != 200*time.Millisecond {
			t.Errorf("%+v", s)
		}
	})
}

func TestSmokeTellsWhatFailed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var trace string
		var logins int
		c := service(t, func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/health" {
				return refuse(w, 503, "database_timeout", "1")
			}
			if r.URL.Path != "/api/auth/login" {
				return false
			}
			if logins++; logins == 1 {
				trace = w.Header().Get("X-Trace-Id")
				return refuse(w, 500, "database_error", "")
			}
			return false
		})
		r := Smoke(t.Context(), c, 2)
		var got []string
		for _, f := range r.Failures {
			got = append(got, f.Step+" "+f.Kind)
		}
		// Health is no part of the account's story; verify needs the token.
		if want := "health database_timeout, login database_error, verify client_skipped, health database_timeout"; strings.Join(got, ", ") != want {
			t.Fatalf("%q, want %q", got, want)
		}
		if r.Complete() || r.Total.Good != 4 || r.Total.All != 8 || r.Failures[1].TraceID != trace || r.Failures[1].Status != 500 {
			t.Errorf("%+v", r)
		}
		var text strings.Builder
		if err := r.WriteText(&text); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"verify    1 of 2     50.00 %", "login     500       database_error  trace " + trace + "  refused"} {
			if !strings.Contains(text.String(), want) {
				t.Errorf("no %q in\n%s", want, &text)
			}
		}
	})
}
