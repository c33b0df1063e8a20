package conformance

import "time"

// user is a registered account.
type user struct {
	name, email, password string
	id, workspace, token  string
}

// registration is the request that creates u.
func (u *user) registration() Request {
	return post("/api/auth/register", fields{"username": u.name, "email": u.email, "password": u.password}.String())
}

// login is the request that logs u in with a password.
func (u *user) login(password string) Request {
	return post("/api/auth/login", fields{"username": u.name, "password": password}.String())
}

// draft is an account that does not exist yet.
func (s *Session) draft() *user {
	return &user{name: s.newName(), email: s.newEmail(), password: s.newPassword()}
}

// register creates the account of u and keeps its token.
func (s *Session) register(u *user) *user {
	s.Helper()
	r, err := s.settled(u.registration())
	if err != nil {
		s.Fatalf("sent %s; came nothing: %v; contract: A2", u.registration(), err)
	}
	s.want(r, "A2: a token reply", ok, nonEmpty("user_id", "workspace_id", "token"))
	u.id, u.workspace, u.token = r.text("user_id"), r.text("workspace_id"), r.text("token")
	return u
}

// newUser creates an account that only this case knows.
func (s *Session) newUser() *user {
	s.Helper()
	return s.register(s.draft())
}

// logIn gets a new token for u.
func (s *Session) logIn(u *user) string {
	s.Helper()
	r := s.ask("A1: the right password logs in", u.login(u.password), ok, nonEmpty("token"))
	return r.text("token")
}

// lag is how long a refused token may still be accepted: 60 s by C3, and some time for the poll.
const lag = 75 * time.Second

// revoked polls until a token is refused.
func (s *Session) revoked(says, token string) {
	s.Helper()
	var last *Reply
	gone := s.poll(lag, func() bool {
		last = s.ask(says, get("/api/auth/profile").bearer(token), status(200, 401))
		return last.Status == 401
	})
	if !gone {
		s.wrong(last, "the token is still accepted after 60 s", says)
	}
}

// accepted wants a token to be accepted by every one of several requests.
func (s *Session) accepted(says, token string) {
	s.Helper()
	for range 10 {
		s.ask(says, get("/api/auth/profile").bearer(token), ok)
	}
}
