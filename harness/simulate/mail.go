package simulate

import (
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
)

// mail is the provider that the service posts its letters to: the one service
// outside.
type mail struct {
	world   *World
	random  *rand.Rand
	letters []string // bodies of what it took
}

// RoundTrip implements http.RoundTripper.
func (m *mail) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	w := m.world
	what := r.Method + " " + r.URL.String()
	if w.misfortunes.strike(ServiceHangs, what) != nil {
		for r.Context().Err() == nil { // the caller gives up in virtual time
			w.Sleep(100 * time.Millisecond)
		}
		return nil, r.Context().Err()
	}
	w.Sleep(between(m.random, 20*time.Millisecond, 900*time.Millisecond))
	if w.misfortunes.strike(ServiceFails, what) != nil {
		return respond(r, http.StatusInternalServerError), nil
	}
	m.letters = append(m.letters, string(body))
	if w.misfortunes.strike(ServiceLosesAck, what) != nil {
		return nil, errors.New("simulated: connection reset")
	}
	return respond(r, http.StatusAccepted), nil
}

func respond(r *http.Request, status int) *http.Response {
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{},
		Body: io.NopCloser(strings.NewReader("")), Request: r,
	}
}
