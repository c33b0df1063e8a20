package conformance

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
)

// MailSink is a mail provider on 127.0.0.1 that speaks the part of the MailerSend API that the service uses: POST
// /v1/email with {from, to, subject, text, html} and a bearer key, answered by 202.
type MailSink struct {
	server *httptest.Server
	mu     sync.Mutex
	mails  []Mail
	fails  map[string]int // by recipient: answers still to be refused
	tries  map[string]int // by recipient
}

// Mail is one accepted message.
type Mail struct {
	Key  string `json:"-"` // the bearer key it came with
	From struct {
		Email string `json:"email"`
		Name  string `json:"name"`
	} `json:"from"`
	To []struct {
		Email string `json:"email"`
	} `json:"to"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
	HTML    string `json:"html"`
}

// newMailSink starts a provider; close stops it.
func newMailSink() *MailSink {
	m := &MailSink{fails: map[string]int{}, tries: map[string]int{}}
	m.server = httptest.NewServer(http.HandlerFunc(m.serve))
	return m
}

func (m *MailSink) close() { m.server.Close() }

// Endpoint is the address that mail is posted to.
func (m *MailSink) Endpoint() string { return m.server.URL + "/v1/email" }

func (m *MailSink) serve(w http.ResponseWriter, r *http.Request) {
	mail := Mail{Key: strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")}
	body, err := io.ReadAll(r.Body)
	if r.Method != http.MethodPost || r.URL.Path != "/v1/email" {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if err != nil || json.Unmarshal(body, &mail) != nil || len(mail.To) != 1 {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	to := mail.To[0].Email
	m.tries[to]++
	if m.fails[to] > 0 {
		m.fails[to]--
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	m.mails = append(m.mails, mail)
	w.WriteHeader(http.StatusAccepted)
}

// failFor makes the next n messages to that address fail with 503.
func (m *MailSink) failFor(to string, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fails[to] = n
}

// attempts is how many messages to that address were posted, refused ones included.
func (m *MailSink) attempts(to string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.tries[to]
}

// to returns the accepted messages for that address, oldest first.
func (m *MailSink) to(address string) []Mail {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(m.mails), func(mail Mail) bool { return mail.To[0].Email != address })
}
