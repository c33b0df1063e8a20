package conformance

import (
	"fmt"
	"strings"
)

// admitted is LOGIN_CONCURRENCY of the gated service.
const admitted = 2

// gateGroup is the gate of C6 in front of logins, in a service whose password hash takes its time, and what a service
// without a mail provider does.
func gateGroup() Group {
	return Group{
		Name: "gated", Serial: true,
		Settings: map[string]string{
			"LOGIN_CONCURRENCY": fmt.Sprint(admitted), "BCRYPT_COST": "10",
			"MAILERSEND_API_KEY": "", "MAIL_ENDPOINT": "",
		},
		Cases: []Case{
			{Name: "login/beyond-the-gate", Run: beyondTheGate},
			{Name: "login/after-the-crowd", Run: func(s *Session) {
				u := s.newUser()
				for range 2 * admitted {
					s.ask("C6: whoever is done leaves the gate", u.login(u.password), ok)
				}
			}},
			{Name: "mail/without-a-provider", Run: mailWithoutProvider},
		},
	}
}

func beyondTheGate(s *Session) {
	const says = "C6: login concurrency, per isolate; beyond: 503 overloaded with Retry-After: 1, and every request is answered"
	u := s.newUser()
	requests := make([]Request, 200)
	for i := range requests {
		requests[i] = u.login(u.password)
	}
	requests = append(requests, get("/health"), get("/api/auth/profile").bearer(u.token))
	replies := s.together(s.try, requests)
	for _, r := range replies[200:] {
		s.want(r, "C6: the gate is of login alone", ok)
	}
	counts := make(map[int]int)
	for _, r := range replies[:200] {
		counts[r.Status]++
		switch r.Status {
		case 200:
			s.tokenReply("A1: a token reply", r)
		default:
			s.want(r, says, refused(503, "overloaded"), header("Retry-After", "1"))
		}
	}
	if counts[200] == 0 || counts[503] == 0 {
		s.Errorf("sent 200 logins at once with %d admitted; came %v, want some of each; contract: %s", admitted, counts, says)
	}
}

func mailWithoutProvider(s *Session) {
	const says = "C13: without a provider mail stays pending, and a record says so"
	u := s.newUser()
	r := s.ask(says, forgot("username", u.name), ok, nonEmpty("message"))
	told := s.poll(mailWait, func() bool {
		s.service.Sweep(s)
		return find(s.service.Records(), func(r Record) bool {
			return r.text("event") != "request" && strings.Contains(r.words(), "mail") && strings.Contains(r.words(), "mailersend_api_key")
		}) != nil
	})
	if !told {
		s.wrong(r, "no record speaks of mail and names MAILERSEND_API_KEY", says)
	}
}
