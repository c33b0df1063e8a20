package load

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// bubble runs a test with a clock of its own, which stands still while anything runs and jumps when everything waits. So
// durations are exact, and nothing takes the time that it says.
func bubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, test)
}

// service is an httptest server inside a bubble: its connections are pipes, for the clock cannot see through sockets. It
// gives out accounts, answers verify about the account of the token, and is healthy; answer, when it is not nil, is asked
// first and reports whether it has answered.
func service(t *testing.T, answer func(w http.ResponseWriter, r *http.Request) bool) *Client {
	t.Helper()
	pipes := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, rest, _ := strings.Cut(r.Header.Get("Traceparent"), "-")
		id, _, _ := strings.Cut(rest, "-")
		w.Header().Set("X-Trace-Id", id)
		if answer == nil || !answer(w, r) {
			contract(w, r)
		}
	}))
	server.Listener.Close()
	server.Listener = pipes
	server.Config.ErrorLog = nil
	server.Start()
	c := NewClient("http://service.test", 10*time.Second, 1000)
	c.HTTP.Transport.(*http.Transport).DialContext = pipes.dial
	t.Cleanup(func() {
		c.HTTP.CloseIdleConnections()
		server.Close()
	})
	return c
}

// contract answers as the contract says. The token is the name, and the id follows from it.
func contract(w http.ResponseWriter, r *http.Request) {
	var body map[string]string
	json.NewDecoder(r.Body).Decode(&body)
	var out any
	switch r.URL.Path {
	case "/health":
		out = map[string]any{"status": "healthy"}
	case "/api/auth/register", "/api/auth/login":
		out = map[string]any{"token": body["username"], "user_id": "user-" + body["username"]}
	case "/api/auth/verify":
		name := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		out = map[string]any{"valid": true, "username": name, "user_id": "user-" + name}
	default:
		w.WriteHeader(http.StatusNotFound)
	}
	json.NewEncoder(w).Encode(out)
}

// refuse answers with a failure of the contract, with Retry-After when it is not "".
func refuse(w http.ResponseWriter, status int, kind, retryAfter string) bool {
	if retryAfter != "" {
		w.Header().Set("Retry-After", retryAfter)
	}
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"error": "refused", "error_kind": kind})
	return true
}

// pipeListener gives out the other ends of pipes.
type pipeListener struct {
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case l.conns <- there:
		return here, nil
	case <-l.closed:
		return nil, errors.New("closed")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }
