package conformance

import (
	"fmt"
	"strings"
)

// mailCases are the message of A7 and its delivery (C12).
func mailCases() []Case {
	return under("mail",
		Case{Name: "content", Run: func(s *Session) {
			const says = "A7: the mail goes to the account, holds the link and states 30 minutes; from FROM_NAME <FROM_EMAIL>"
			u := s.draft()
			u.email = "M" + u.email
			s.register(u)
			r := s.ask("A7", forgot("username", u.name), ok)
			mails := s.mails(u.email, 1)
			if len(mails) != 1 {
				s.wrong(r, fmt.Sprintf("%d messages came, want 1", len(mails)), says)
				return
			}
			mail, settings := mails[0], s.service.Settings
			token := s.tokenIn(r, mail)
			for _, c := range []struct {
				holds bool
				wrong string
			}{
				{mail.Key == settings["MAILERSEND_API_KEY"], "the provider's key is not MAILERSEND_API_KEY"},
				{mail.From.Email == settings["FROM_EMAIL"] && mail.From.Name == settings["FROM_NAME"], "the sender is not FROM_NAME <FROM_EMAIL>"},
				{strings.TrimSpace(mail.Subject) != "", "there is no subject"},
				{strings.Contains(mail.Text, "30 minutes"), "the text does not state 30 minutes"},
				{mail.HTML == "" || strings.Contains(mail.HTML, "30 minutes"), "there is HTML, which does not state 30 minutes"},
				{mail.HTML == "" || strings.Contains(mail.HTML, link.FindString(mail.Text)), "there is HTML, which has not the link of the text"},
				{strings.Count(mail.Text, token) == 1, "the token stands more than once in the text"},
			} {
				if !c.holds {
					s.wrong(r, c.wrong+": "+cut(mail.Subject+" | "+mail.Text+" | "+mail.HTML, 500), says)
				}
			}
		}},
		Case{Name: "provider-fails-first", Run: func(s *Session) {
			const says = "C12: an entry is retried by the sweep; the request succeeds whatever the remote side does"
			u := s.newUser()
			s.service.Mail.failFor(u.email, 1)
			r := s.ask(says, forgot("username", u.name), ok, nonEmpty("message"))
			came := s.poll(retryWait, func() bool {
				s.service.Sweep(s)
				return len(s.service.Mail.to(u.email)) > 0
			})
			if !came || s.service.Mail.attempts(u.email) != 2 {
				s.wrong(r, fmt.Sprintf("%d attempts and %d messages after one failure", s.service.Mail.attempts(u.email), len(s.service.Mail.to(u.email))), says)
				return
			}
			token := s.tokenIn(r, s.service.Mail.to(u.email)[0])
			s.ask("A8: a token that came late is good", resetRequest(token, s.newPassword()), ok)
		}},
	)
}
