package app_test

import (
	"fmt"
	"regexp"
	"testing"
	"time"
)

// The instance dies at every call of the sequencer, once before and once after the call has taken effect. Afterwards a
// healthy instance and the sweep find a state that a client can live with.

const rival = `{"username":"ANA","email":"rival@farm.example","password":"Coffee beans 2"}`

func loginBody(password string) string {
	return fmt.Sprintf(`{"username":"ana","password":%q}`, password)
}

func everyStep(t *testing.T, steps int, run func(t *testing.T, step int, applied bool)) {
	t.Logf("%d calls in an undisturbed run", steps)
	for step := 1; step <= steps; step++ {
		for _, applied := range []bool{false, true} {
			t.Run(fmt.Sprintf("step=%d/applied=%t", step, applied), func(t *testing.T) { run(t, step, applied) })
		}
	}
}

func TestRegistrationCrashes(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	s.call(t, "GET", "/health", "", "") // the start of the instance is not part of it
	before := s.calls
	if code, v := s.call(t, "POST", "/api/auth/register", "", ana); code != 200 {
		t.Fatal(code, v)
	}
	everyStep(t, s.calls-before, func(t *testing.T, step int, applied bool) {
		w := newWorld()
		dying := w.start(t, nil)
		dying.call(t, "GET", "/health", "", "")
		dying.dieAt, dying.applied = dying.calls+step, applied
		code, _ := dying.call(t, "POST", "/api/auth/register", "", ana)

		w.pass(61 * time.Second) // the life of a reservation
		healthy := w.start(t, nil)
		loggedIn, _ := healthy.call(t, "POST", "/api/auth/login", "", loginBody("Cocoa beans 1"))
		if code == 200 && loggedIn != 200 {
			t.Fatalf("acknowledged, and the login answers %d", loggedIn)
		}
		taken, v := healthy.call(t, "POST", "/api/auth/register", "", rival)
		if (loggedIn == 200) != (taken == 409) || taken != 200 && taken != 409 {
			t.Fatalf("login answers %d and another registration %d: %v", loggedIn, taken, v)
		}
		// However it ended, exactly one of the two passwords opens the account.
		first, _ := healthy.call(t, "POST", "/api/auth/login", "", loginBody("Cocoa beans 1"))
		second, _ := healthy.call(t, "POST", "/api/auth/login", "", loginBody("Coffee beans 2"))
		if (first == 200) == (second == 200) {
			t.Fatalf("the passwords answer %d and %d", first, second)
		}
		w.atRest(t, healthy)
	})
}

// atRest runs the sweep until nothing is marked any more.
func (w *world) atRest(t *testing.T, s *service) {
	t.Helper()
	for range 6 {
		w.pass(2 * time.Minute)
		s.Sweep(t.Context())
	}
	if n := w.marks(t); n != 0 {
		t.Fatalf("%d partitions still ask for the sweep", n)
	}
}

var tokenInMail = regexp.MustCompile(`reset-password\?token=([0-9a-f]{64})`)

func TestPasswordResetCrashes(t *testing.T) {
	setUp := func(t *testing.T) (*world, *service, string) {
		w := newWorld()
		s := w.start(t, nil)
		s.call(t, "POST", "/api/auth/register", "", ana)
		if code, v := s.call(t, "POST", "/api/auth/forgot-password", "", `{"username":"ana"}`); code != 200 {
			t.Fatal(code, v)
		}
		if len(w.mails) != 1 {
			t.Fatalf("%d mails", len(w.mails))
		}
		return w, s, tokenInMail.FindStringSubmatch(w.mails[0])[1]
	}
	body := func(token string) string {
		return fmt.Sprintf(`{"token":%q,"new_password":"Coffee beans 2"}`, token)
	}
	_, s, token := setUp(t)
	before := s.calls
	if code, v := s.call(t, "POST", "/api/auth/reset-password", "", body(token)); code != 200 {
		t.Fatal(code, v)
	}
	everyStep(t, s.calls-before, func(t *testing.T, step int, applied bool) {
		w, dying, token := setUp(t)
		dying.dieAt, dying.applied = dying.calls+step, applied
		code, _ := dying.call(t, "POST", "/api/auth/reset-password", "", body(token))

		healthy := w.start(t, nil)
		repeat, _ := healthy.call(t, "POST", "/api/auth/reset-password", "", body(token))
		if code == 200 && repeat == 200 {
			t.Fatal("the token was used twice")
		}
		if repeat != 200 && repeat != 400 {
			t.Fatalf("the repeat answers %d", repeat)
		}
		// Whichever of the two it was that did it, the new password holds and the old one does not.
		if code, _ := healthy.call(t, "POST", "/api/auth/login", "", loginBody("Coffee beans 2")); code != 200 {
			t.Fatalf("the new password answers %d", code)
		}
		if code, _ := healthy.call(t, "POST", "/api/auth/login", "", loginBody("Cocoa beans 1")); code != 401 {
			t.Fatalf("the old password answers %d", code)
		}
		w.atRest(t, healthy)
	})
}

func TestResetRequestCrashes(t *testing.T) {
	const ask = `{"email":"ana@farm.example"}`
	w := newWorld()
	s := w.start(t, nil)
	s.call(t, "POST", "/api/auth/register", "", ana)
	before := s.calls
	s.call(t, "POST", "/api/auth/forgot-password", "", ask)
	everyStep(t, s.calls-before, func(t *testing.T, step int, applied bool) {
		w := newWorld()
		dying := w.start(t, nil)
		dying.call(t, "POST", "/api/auth/register", "", ana)
		dying.dieAt, dying.applied = dying.calls+step, applied
		code, _ := dying.call(t, "POST", "/api/auth/forgot-password", "", ask)

		healthy := w.start(t, nil)
		w.atRest(t, healthy)
		if code == 200 && len(w.mails) == 0 {
			t.Fatal("acknowledged, and no mail went out")
		}
		tokens := map[string]bool{}
		for _, m := range w.mails {
			tokens[tokenInMail.FindStringSubmatch(m)[1]] = true
		}
		if len(tokens) > 1 {
			t.Fatalf("one request led to %d tokens", len(tokens))
		}
	})
}
