package conformance

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// Session is what a case works with: the service under test, a client with an address, a name and secrets of its own,
// and the reporting side of the test.
type Session struct {
	testing.TB
	service *service

	address  string // the client address in X-Forwarded-For, where the service trusts its peer
	name     string
	email    string
	password string

	me func() *user // the account that the words $token, $takenName and $takenEmail speak of, registered when first asked for

	mu     sync.Mutex
	broken map[string]bool // universal rules already reported by this case
}

func newSession(tb testing.TB, v *service) *Session {
	s := &Session{TB: tb, service: v, broken: make(map[string]bool)}
	s.address = randomAddress()
	s.name, s.email, s.password = s.newName(), s.newEmail(), s.newPassword()
	s.me = sync.OnceValue(s.newUser)
	return s
}

// randomAddress is a client address that no other case has.
func randomAddress() string {
	b := make([]byte, 3)
	_, _ = rand.Read(b)
	return fmt.Sprintf("10.%d.%d.%d", b[0], b[1], b[2])
}

// newName makes a username that is nobody's.
func (s *Session) newName() string { return "n" + s.tag("a username") }

// newEmail makes an address that is nobody's.
func (s *Session) newEmail() string { return "m" + s.tag("an e-mail address") + "@example.test" }

// newPassword makes a password that meets the rules and is nobody's.
func (s *Session) newPassword() string { return "Aa1!" + s.tag("a password") }

// tag makes random text (12 lower-case letters and digits) that no record may contain.
func (s *Session) tag(what string) string {
	tag := strings.ToLower(rand.Text()[:12])
	s.service.suite.secrets.add(what, tag)
	return tag
}

// fill replaces the words that cases written as data use.
func (s *Session) fill(r Request) Request {
	words := []string{"$name", s.name, "$email", s.email, "$password", s.password, "$address", s.address}
	if r.mentions("$token") {
		words = append(words, "$token", s.me().token)
	}
	if r.mentions("$taken") {
		words = append(words, "$takenName", s.me().name, "$takenEmail", s.me().email)
	}
	replacer := strings.NewReplacer(words...)
	r.Target = replacer.Replace(r.Target)
	header := make([]Field, len(r.Header))
	for i, f := range r.Header {
		header[i] = Field{f.Name, replacer.Replace(f.Value)}
	}
	r.Header = header
	if len(r.Body) < 64<<10 {
		r.Body = replacer.Replace(r.Body)
	}
	return r
}

func (r Request) mentions(word string) bool {
	for _, f := range r.Header {
		if strings.Contains(f.Value, word) {
			return true
		}
	}
	return strings.Contains(r.Body, word)
}

// try sends r and returns the reply without judging it beyond the rules for every reply. It may be called from any
// goroutine of the case.
func (s *Session) try(r Request) (*Reply, error) {
	r = s.fill(r)
	if s.service.Settings["TRUSTED_PROXIES"] != "" && r.value("X-Forwarded-For") == "" && !r.direct {
		r = r.with("X-Forwarded-For", s.address)
	}
	s.conceal(r)
	reply, err := exchange(s.service.URL, r)
	if err != nil || reply.refusedByFront() {
		return reply, err
	}
	if token := reply.text("token"); token != "" {
		s.service.suite.secrets.addToken(token)
	}
	s.service.note(reply, s.callerOf(r, reply))
	for _, b := range append(breaches(reply), s.service.suite.document.breaches(reply)...) {
		s.mu.Lock()
		first := !s.broken[b.says]
		s.broken[b.says] = true
		s.mu.Unlock()
		if first {
			s.wrong(reply, b.check(reply), b.says)
		}
	}
	return reply, nil
}

// conceal remembers the credentials in a request as secrets.
func (s *Session) conceal(r Request) {
	for _, f := range r.Header {
		switch strings.ToLower(f.Name) {
		case "authorization":
			_, token, _ := strings.Cut(f.Value, " ")
			s.service.suite.secrets.addToken(token)
		case "x-api-key":
			s.service.suite.secrets.addToken(f.Value)
		}
	}
	var body struct {
		Token string `json:"token"`
	}
	if strings.HasSuffix(r.path(), "/reset-password") && json.Unmarshal([]byte(r.Body), &body) == nil {
		s.service.suite.secrets.addToken(strings.TrimSpace(body.Token))
	}
}

// callerOf is the user id that the record of an accepted request must name, "" when it is not known.
func (s *Session) callerOf(r Request, reply *Reply) string {
	if route, ok := routeOf(r.path()); !ok || route.class == "public" || reply.Status != 200 {
		return ""
	}
	return reply.text("user_id")
}

// ask sends r and wants all of checks; says is the sentence of the contract behind them. It ends the case when something
// is wrong.
func (s *Session) ask(says string, r Request, checks ...Check) *Reply {
	s.Helper()
	reply, err := s.try(r)
	if err != nil {
		s.Fatalf("sent %s; came nothing: %v; contract: %s", r, err, says)
	}
	if reply.refusedByFront() {
		return reply
	}
	s.want(reply, says, checks...)
	if r.Method != "GET" && reply.Status < 300 {
		tick()
	}
	return reply
}

// tick lets the clock go on by the resolution of times (conventions.md: milliseconds), so that what comes next is newer than
// what was just written: lists in the order of creation can only be in that order when times tell rows apart.
func tick() {
	for written := time.Now().UnixMilli(); time.Now().UnixMilli() == written; {
		runtime.Gosched()
	}
}

// want holds a reply against checks and ends the case when something is wrong.
func (s *Session) want(reply *Reply, says string, checks ...Check) {
	s.Helper()
	failed := false
	for _, check := range checks {
		if wrong := check(reply); wrong != "" {
			failed = true
			s.wrong(reply, wrong, says)
		}
	}
	if failed {
		s.FailNow()
	}
}

func (s *Session) wrong(reply *Reply, wrong, says string) {
	s.Helper()
	s.Errorf("sent %s; came %s; wrong: %s; contract: %s", reply.Request, reply, wrong, says)
}

// settled sends r until it is not answered by the 503 that asks for a repetition (contention or a full gate).
func (s *Session) settled(r Request) (*Reply, error) {
	const repetitions = 40
	for n := 0; ; n++ {
		reply, err := s.try(r)
		if err != nil || reply.Status != 503 || n == repetitions {
			return reply, err
		}
		if kind := reply.text("error_kind"); kind != "storage_lock_timeout" && kind != "overloaded" {
			return reply, err
		}
		time.Sleep(time.Second)
	}
}

// together sends requests at the same time and returns their settled replies in order.
func (s *Session) together(send func(Request) (*Reply, error), requests []Request) []*Reply {
	s.Helper()
	replies := make([]*Reply, len(requests))
	errs := make([]error, len(requests))
	var group sync.WaitGroup
	start := make(chan struct{})
	for i, r := range requests {
		group.Go(func() {
			<-start
			replies[i], errs[i] = send(r)
		})
	}
	close(start)
	group.Wait()
	for i, err := range errs {
		if err != nil {
			s.Fatalf("sent %s; came nothing: %v; contract: every request is answered", requests[i], err)
		}
	}
	return replies
}

// poll calls done until it returns true, for at most limit, and leaves its place to other cases between the calls. It
// reports whether done ever returned true.
func (s *Session) poll(limit time.Duration, done func() bool) bool {
	s.Helper()
	pause := 50 * time.Millisecond
	for end := time.Now().Add(limit); ; pause = min(2*pause, 2*time.Second) {
		if done() {
			return true
		}
		if time.Now().After(end) {
			return false
		}
		<-s.service.slots
		time.Sleep(pause)
		s.service.slots <- struct{}{}
	}
}
