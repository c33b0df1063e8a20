package conformance

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// forgot is a request for a reset link.
func forgot(by string, input any) Request {
	return post("/api/auth/forgot-password", fields{by: input}.String())
}

const (
	mailWait = 30 * time.Second // for a message that must come: it is sent right after the response or by the next sweep
	noWait   = 2 * time.Second  // for a message that must not come
	// retryWait is for a message that the provider refused at first; how long the service waits is its own affair.
	retryWait = 5 * time.Minute
)

var link = regexp.MustCompile(`https://app\.example\.test/reset-password\?token=([0-9A-Za-z]*)`)

// mails waits until n messages for an address have come, with a sweep now and then, and returns them.
func (s *Session) mails(address string, n int) []Mail {
	s.Helper()
	rounds := 0
	s.poll(mailWait, func() bool {
		if rounds++; rounds%6 == 0 {
			s.service.Sweep(s)
		}
		return len(s.service.Mail.to(address)) >= n
	})
	return s.service.Mail.to(address)
}

// resetToken asks for a link by username and takes the token out of the n-th message.
func (s *Session) resetToken(u *user, n int) string {
	s.Helper()
	const says = "A7: the mail holds {FRONTEND_URL}/reset-password?token=<token>, 64 lower-case hex"
	r := s.ask("A7", forgot("username", u.name), ok)
	mails := s.mails(u.email, n)
	if len(mails) != n {
		s.wrong(r, fmt.Sprintf("%d messages came, want %d", len(mails), n), says)
		s.FailNow()
	}
	token := s.tokenIn(r, mails[n-1])
	return token
}

// tokenIn takes the token out of a message.
func (s *Session) tokenIn(r *Reply, mail Mail) string {
	s.Helper()
	const says = "A7: the mail holds {FRONTEND_URL}/reset-password?token=<token>, 64 lower-case hex"
	found := link.FindStringSubmatch(mail.Text)
	if found == nil || !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(found[1]) {
		s.wrong(r, "the text of the mail has no such link: "+cut(mail.Text, 300), says)
		s.FailNow()
	}
	s.service.suite.secrets.add("a reset token", found[1])
	return found[1]
}

// forgotCases are A7.
func forgotCases() []Case {
	const same = "A7: 200 with one message, whether or not an account exists"
	const needs = "A7: email or username, trimmed, blank = absent; at least one, else 400"
	cases := []Case{
		{Name: "same-answer", Run: func(s *Session) {
			u := s.newUser()
			known := s.ask(same, forgot("email", u.email), ok, nonEmpty("message"))
			s.ask(same, forgot("username", u.name), ok, text("message", known.text("message")))
			s.ask(same, forgot("email", s.newEmail()), ok, text("message", known.text("message")))
			s.ask(same, forgot("username", s.newName()), ok, text("message", known.text("message")))
		}},
		{Name: "email-decides", Run: func(s *Session) {
			u := s.newUser()
			s.ask("A7: email given: username is not used, also not as fallback",
				post("/api/auth/forgot-password", fields{"email": s.newEmail(), "username": u.name}.String()), ok)
			s.noMail(u, 0)
		}},
		{Name: "blank-email-is-absent", Run: func(s *Session) {
			u := s.newUser()
			r := s.ask(needs, post("/api/auth/forgot-password", fields{"email": " \t", "username": " " + u.name + " "}.String()), ok)
			s.gotMail(r, needs, u, 1)
		}},
		{Name: "by-email-any-spelling", Run: func(s *Session) {
			u := s.newUser()
			r := s.ask("C5: compared after NFC and lower-casing", forgot("email", "  "+strings.ToUpper(u.email)+"\n"), ok)
			s.gotMail(r, "A7: the mail goes to the address of the account", u, 1)
		}},
		answer("not-an-address", same, forgot("email", "no address at all"), ok),
		answer("very-long", same, forgot("username", strings.Repeat("n", 100_000)), ok),
		answer("authorization-unread", "C3: public routes read no credential", forgot("username", "$name").bearer("garbage"), ok),
	}
	for name, body := range map[string]string{
		"empty": `{}`, "nulls": `{"email":null,"username":null}`, "blanks": `{"email":"  ","username":"\t\n"}`,
		"blank-and-null": `{"email":"","username":null}`, "unknown-names": `{"mail":"a@b.c"}`,
	} {
		cases = append(cases, answer("neither-"+name, needs, post("/api/auth/forgot-password", body), badRequest))
	}
	return under("forgot", sorted(cases)...)
}

// gotMail wants n messages for u.
func (s *Session) gotMail(r *Reply, says string, u *user, n int) {
	s.Helper()
	if got := len(s.mails(u.email, n)); got != n {
		s.wrong(r, fmt.Sprintf("%d messages came, want %d", got, n), says)
	}
}

// noMail wants no more than n messages for u after a sweep and a moment.
func (s *Session) noMail(u *user, n int) {
	s.Helper()
	s.service.Sweep(s)
	if s.poll(noWait, func() bool { return s.service.Mail.attempts(u.email) > n }) {
		s.Errorf("asked for a reset; came %d messages, want %d; contract: A7", s.service.Mail.attempts(u.email), n)
	}
}
