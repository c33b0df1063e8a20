package conformance

import (
	"bytes"
	"fmt"
)

// crowd is how many requests race.
const crowd = 100

// raceCases send many requests at once that only one of may win.
func raceCases() []Case {
	cases := under("race",
		Case{Name: "one-username", Run: func(s *Session) {
			const says = "A2: of concurrent registrations of one username exactly one succeeds, the others are 409"
			name := s.newName()
			drafts := make([]*user, crowd)
			for i := range drafts {
				drafts[i] = s.draft()
				drafts[i].name = name
			}
			winner := s.oneWins(says, drafts, "username")
			for _, u := range drafts {
				if u != winner {
					s.ask(says+", and its password alone logs in", u.login(u.password), unauthorized)
				}
			}
			s.logIn(winner)
			s.ask(says, get("/api/auth/profile").bearer(winner.token), ok, text("email", winner.email))
		}},
		Case{Name: "one-email", Run: func(s *Session) {
			const says = "A2: of concurrent registrations of one e-mail exactly one succeeds, the others are 409"
			email := s.newEmail()
			drafts := make([]*user, crowd)
			for i := range drafts {
				drafts[i] = s.draft()
				drafts[i].email = email
			}
			winner := s.oneWins(says, drafts, "email")
			s.logIn(winner)
			for i, u := range drafts {
				if u == winner {
					continue
				}
				s.ask(says, u.login(u.password), unauthorized)
				if i%10 == 0 {
					u.email = s.newEmail()
					s.ask("A2: a clash releases the username", u.registration(), ok)
				}
			}
		}},
		Case{Name: "one-reset-token", Run: func(s *Session) {
			const says = "A8: of concurrent uses of a token exactly one answers 200, the others 400"
			u := s.newUser()
			token := s.resetToken(u, 1)
			passwords, requests := make([]string, 20), make([]Request, 20)
			for i := range requests {
				passwords[i] = s.newPassword()
				requests[i] = resetRequest(token, passwords[i])
			}
			won := s.winner(says, s.together(s.settled, requests), badRequest)
			for i, password := range passwords {
				if i != won {
					s.ask(says, u.login(password), unauthorized)
				}
			}
			s.ask(says, u.login(u.password), unauthorized)
			s.ask(says, u.login(passwords[won]), ok)
		}},
		Case{Name: "one-idempotency-key", Run: func(s *Session) {
			const says = "C9: same key, first still running: 409 with Retry-After: 1; once stored: the stored reply"
			u := s.newUser()
			requests := make([]Request, 20)
			for i := range requests {
				requests[i] = bare("POST", "/api/auth/refresh").bearer(u.token).with("Idempotency-Key", "race")
			}
			var first []byte
			processed := 0
			for _, r := range s.together(s.try, requests) {
				if r.Status == 409 {
					s.want(r, says, conflict, header("Retry-After", "1"))
					continue
				}
				s.want(r, says, ok)
				if r.Header.Get("Idempotency-Replayed") == "" {
					processed++
				}
				if first == nil {
					first = r.Body
				}
				if !bytes.Equal(first, r.Body) {
					s.wrong(r, "its body differs from that of another request with the same key", says)
				}
			}
			if processed != 1 {
				s.Errorf("sent 20 times POST /api/auth/refresh with one key; %d were processed, want 1; contract: %s", processed, says)
			}
		}},
		Case{Name: "many-strangers", Run: func(s *Session) {
			const says = "A2: registrations of different names do not disturb each other"
			requests := make([]Request, crowd)
			for i := range requests {
				requests[i] = s.draft().registration()
			}
			ids := make(map[string]bool)
			for _, r := range s.together(s.settled, requests) {
				s.want(r, says, ok)
				ids[r.text("user_id")] = true
			}
			if len(ids) != crowd {
				s.Errorf("sent %d registrations; came %d user ids; contract: %s", crowd, len(ids), says)
			}
		}},
	)
	for i := range cases {
		cases[i].Alone = true
	}
	return cases
}

// oneWins registers all drafts at once and returns the one that got the account.
func (s *Session) oneWins(says string, drafts []*user, taken string) *user {
	s.Helper()
	requests := make([]Request, len(drafts))
	for i, u := range drafts {
		requests[i] = u.registration()
	}
	replies := s.together(s.settled, requests)
	won := s.winner(says, replies, all(conflict, field(taken)))
	winner := drafts[won]
	winner.id, winner.token = replies[won].text("user_id"), replies[won].text("token")
	return winner
}

// winner returns the index of the only 200; every other reply must satisfy loses.
func (s *Session) winner(says string, replies []*Reply, loses Check) int {
	s.Helper()
	won, counts := -1, make(map[int]int)
	for i, r := range replies {
		counts[r.Status]++
		if r.Status == 200 {
			won = i
			continue
		}
		s.want(r, says, loses)
	}
	if counts[200] != 1 {
		s.Fatalf("sent %d times %s; came %s, want one 200; contract: %s", len(replies), replies[0].Request, fmt.Sprint(counts), says)
	}
	return won
}
