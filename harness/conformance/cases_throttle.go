package conformance

import (
	"fmt"
	"strings"
	"time"
)

// The limits of the throttled service.
const (
	nameFailures    = 3
	addressFailures = 60
	registrations   = 14
	resetsPerInput  = 2
	forgotsPerHost  = 20 // not a setting (C6)
)

// throttleGroup is C6 in a service that trusts no proxy, so that all of it comes from one address. The cases count on:
// each one spends only a part of what the address has, and the ones that use it up come last.
func throttleGroup() Group {
	return Group{
		Name: "throttled", Serial: true,
		Settings: map[string]string{
			"TRUSTED_PROXIES":                    "",
			"LOGIN_FAILURE_LIMIT":                fmt.Sprint(nameFailures),
			"ADDRESS_FAILURE_LIMIT":              fmt.Sprint(addressFailures),
			"REGISTER_RATE_LIMIT_PER_HOUR":       fmt.Sprint(registrations),
			"PASSWORD_RESET_RATE_LIMIT_PER_HOUR": fmt.Sprint(resetsPerInput),
		},
		Cases: []Case{
			{Name: "login/per-name", Run: loginPerName},
			{Name: "login/per-unknown-name", Run: loginPerUnknownName},
			{Name: "login/any-spelling", Run: loginAnySpelling},
			{Name: "login/successes-are-not-counted", Run: loginSuccesses},
			{Name: "login/forwarded-address-ignored", Run: loginForwarded},
			{Name: "forgot/per-input", Run: forgotPerInput},
			{Name: "forgot/per-unknown-input", Run: forgotPerUnknownInput},
			{Name: "forgot/per-account", Run: forgotPerAccount},
			{Name: "forgot/per-address", Run: forgotPerAddress},
			{Name: "register/per-address", Run: registerPerAddress},
			{Name: "login/per-address", Run: loginPerAddress},
		},
	}
}

// limited wants the 429 of a limit whose window is at most that long.
func limited(limit int64, window time.Duration) Check {
	seconds := int64(window / time.Second)
	return all(status(429), number("limit", limit),
		matchingNumber("retry_after", func(n int64) bool { return n <= seconds }, fmt.Sprint("<= ", seconds)),
		func(r *Reply) string {
			reset, err := time.Parse(time.RFC3339, r.text("reset_at"))
			if err != nil || time.Until(reset) > window+10*time.Minute || time.Since(reset) > 10*time.Minute {
				return fmt.Sprintf("reset_at is %q, want a time within %s", r.text("reset_at"), window)
			}
			return ""
		})
}

const quarter = 15 * time.Minute

// steady waits when the next full quarter of an hour is near. Counts may live in windows that begin there, and a case
// that counts exactly must not see them begin anew.
func (s *Session) steady() {
	const margin = 40 * time.Second
	next := time.Now().Truncate(quarter).Add(quarter)
	if time.Until(next) < margin {
		s.poll(2*margin, func() bool { return time.Now().After(next) })
	}
}

// exhaust fails logins of a name as often as it may.
func (s *Session) exhaust(says string, send func(attempt int) Request) {
	s.Helper()
	for attempt := range nameFailures {
		s.ask(says, send(attempt), unauthorized)
	}
}

const perName = "C6: login, per username + address: LOGIN_FAILURE_LIMIT failed attempts per 15 min, then 429"

func loginPerName(s *Session) {
	s.steady()
	u, other := s.newUser(), s.newUser()
	s.exhaust(perName, func(int) Request { return u.login(s.newPassword()) })
	s.ask(perName+", for a right password too", u.login(u.password), limited(nameFailures, quarter))
	s.ask(perName, u.login(s.newPassword()), limited(nameFailures, quarter))
	s.ask("C6: per username", other.login(other.password), ok)
	s.accepted("C6: login is throttled, tokens are not", u.token)
}

func loginPerUnknownName(s *Session) {
	s.steady()
	nobody := s.draft()
	const same = "A1: an unknown username is answered like a known one"
	s.exhaust(same, func(int) Request { return nobody.login(s.newPassword()) })
	s.ask(same, nobody.login(nobody.password), limited(nameFailures, quarter))
}

func loginAnySpelling(s *Session) {
	s.steady()
	u := s.draft()
	u.name += "é"
	s.register(u)
	spellings := []string{strings.ToUpper(u.name), strings.TrimSuffix(u.name, "é") + "e\u0301", u.name}
	const says = "C5: usernames are compared after NFC and lower-casing, in throttles too"
	s.exhaust(says, func(attempt int) Request { return (&user{name: spellings[attempt]}).login(s.newPassword()) })
	for _, name := range spellings {
		s.ask(says, (&user{name: name}).login(u.password), limited(nameFailures, quarter))
	}
}

func loginSuccesses(s *Session) {
	s.steady()
	u := s.newUser()
	for range 2 * nameFailures {
		s.ask("C6: failed attempts only", u.login(u.password), ok)
	}
	s.ask("C6: failed attempts only", u.login(s.newPassword()), unauthorized)
	s.ask("C6: failed attempts only", u.login(u.password), ok)
}

func loginForwarded(s *Session) {
	s.steady()
	nobody := s.draft()
	const says = "C3: X-Forwarded-For and X-Real-IP are read only when the peer is in TRUSTED_PROXIES"
	forwarded := func() Request {
		address := randomAddress()
		return nobody.login(s.newPassword()).with("X-Forwarded-For", address).with("X-Real-IP", address).
			with("Forwarded", "for="+address).with("True-Client-IP", address)
	}
	s.exhaust(says, func(int) Request { return forwarded() })
	s.ask(says, forwarded(), limited(nameFailures, quarter))
}

const perInput = "C6: forgot-password, per normalised input: PASSWORD_RESET_RATE_LIMIT_PER_HOUR, whether or not the account exists"

func forgotPerInput(s *Session) {
	s.steady()
	u := s.newUser()
	s.ask(perInput, forgot("username", u.name), ok)
	s.ask(perInput, forgot("username", " "+strings.ToUpper(u.name)+" "), ok)
	r := s.ask(perInput, forgot("username", u.name), limited(resetsPerInput, time.Hour))
	s.gotMail(r, "A7", u, resetsPerInput)
	s.noMail(u, resetsPerInput)
}

func forgotPerUnknownInput(s *Session) {
	s.steady()
	email := s.newEmail()
	s.ask(perInput, forgot("email", email), ok)
	s.ask(perInput, forgot("email", strings.ToUpper(email)), ok)
	s.ask(perInput, forgot("email", email), limited(resetsPerInput, time.Hour))
}

func forgotPerAccount(s *Session) {
	s.steady()
	u := s.newUser()
	const says = "A7: fewer than the hourly limit of tokens issued to the account, otherwise nothing, silently"
	s.ask(says, forgot("username", u.name), ok)
	r := s.ask(says, forgot("username", u.name), ok)
	s.gotMail(r, says, u, resetsPerInput)
	s.ask(says, forgot("email", u.email), ok)
	s.noMail(u, resetsPerInput)
}

// until429 sends different requests until one is refused with 429, at most as often as an approximate count per address
// may need (C6: per isolate, or by the platform's binding), and returns the refusal.
func (s *Session) until429(says string, limit int, send func() Request, before Check) *Reply {
	s.Helper()
	for range 10 * limit {
		r := s.ask(says, send())
		if r.Status == 429 {
			return r
		}
		s.want(r, says, before)
	}
	s.Fatalf("sent %d times %s; came no 429; contract: %s", 10*limit, send(), says)
	return nil
}

func forgotPerAddress(s *Session) {
	s.steady()
	const says = "C6: forgot-password, per address: 20 per hour"
	refusal := s.until429(says, forgotsPerHost, func() Request { return forgot("email", s.newEmail()) }, ok)
	s.want(refusal, says, limited(forgotsPerHost, time.Hour))
	s.ask("C2: throttle (step 3) before body (step 10)", post("/api/auth/forgot-password", "{").as("text/plain"), status(429))
}

func registerPerAddress(s *Session) {
	s.steady()
	const says = "C6: register, per address: REGISTER_RATE_LIMIT_PER_HOUR admitted requests, whatever becomes of them"
	refusal := s.until429(says, registrations, func() Request { return post("/api/auth/register", "{") }, badRequest)
	s.want(refusal, says, limited(registrations, time.Hour))
	s.ask(says, s.draft().registration(), limited(registrations, time.Hour))
	s.ask("C2: throttle (step 3) before body (step 10)", post("/api/auth/register", "{}").as("text/plain"), status(429))
	s.ask("C6: register is throttled, nothing else", get("/health"), ok)
}

// loginPerAddress goes on failing under names that nobody has. The block may take effect late (it may be read where data
// is up to 60 s old).
func loginPerAddress(s *Session) {
	const says = "C6: login and reset-password, per address: ADDRESS_FAILURE_LIMIT failed attempts per 15 min"
	var last *Reply
	fail := func() bool {
		last = s.ask(says, s.draft().login(s.newPassword()), status(401, 429))
		return last.Status == 429
	}
	for range addressFailures {
		if fail() {
			break
		}
	}
	if !s.poll(lag, fail) {
		s.wrong(last, fmt.Sprintf("no 429 after more than %d failures", addressFailures), says)
		return
	}
	s.want(last, says, limited(addressFailures, quarter))
	s.ask(says+", one count for both", resetRequest(strings.Repeat("0a", 32), s.newPassword()), limited(addressFailures, quarter))
	s.ask("C2: throttle (step 3) before body (step 10)", post("/api/auth/reset-password", "{").as("text/plain"), status(429))
}
