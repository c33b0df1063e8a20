package load

import (
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestSetupTriesAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var n atomic.Int64
		c := service(t, func(w http.ResponseWriter, r *http.Request) bool {
			return r.URL.Path == "/api/auth/register" && n.Add(1)%2 == 1 && refuse(w, 503, "overloaded", "1")
		})
		result, _ := mustRun(t, t.Context(), c, Options{Scenario: "login", Rate: 50, Duration: time.Second, Concurrency: 50, Users: 20})
		if result.Failed != 0 || result.Settings.Users != 20 || n.Load() != 40 {
			t.Errorf("%+v after %d registrations", result, n.Load())
		}
	})
}

func TestSetupFails(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := service(t, func(w http.ResponseWriter, r *http.Request) bool {
			return refuse(w, 429, "rate_limit_exceeded", "3000")
		})
		_, err := Run(t.Context(), c, Options{Scenario: "login", Rate: 1, Duration: time.Second, Concurrency: 1, Users: 9}, nil)
		var setup *SetupError
		if !errors.As(err, &setup) || setup.Answer.Kind != "rate_limit_exceeded" || !strings.Contains(setup.Advice(), "REGISTER_RATE_LIMIT_PER_HOUR=0") {
			t.Errorf("%v", err)
		}
	})
}
