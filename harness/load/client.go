package load

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Client speaks to one service.
type Client struct {
	URL  string // without a slash at the end
	HTTP *http.Client
}

// Answer is what came back.
type Answer struct {
	Status     int    // 0 when nothing came
	Kind       string // error_kind, NoAnswer when nothing came, "" for a success
	TraceID    string
	RetryAfter time.Duration // 0 when not asked for
	Body       map[string]any
}

// NoAnswer is the kind of a request that got none.
const NoAnswer = "no_answer"

// Request is one request of a scenario.
type Request struct {
	Method, Path string
	Token        string
	Body         any
}

// Do sends a request under a trace of its own, so that the service's records can be found by what the client saw.
func (c *Client) Do(ctx context.Context, r Request) Answer {
	var body io.Reader
	if r.Body != nil {
		b, err := json.Marshal(r.Body)
		if err != nil {
			return Answer{Kind: NoAnswer}
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, c.URL+r.Path, body)
	if err != nil {
		return Answer{Kind: NoAnswer}
	}
	traceID := randomHex(16)
	req.Header.Set("Traceparent", "00-"+traceID+"-"+randomHex(8)+"-01")
	if r.Body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.Token != "" {
		req.Header.Set("Authorization", "Bearer "+r.Token)
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		return Answer{Kind: NoAnswer, TraceID: traceID}
	}
	defer res.Body.Close()
	a := Answer{Status: res.StatusCode, TraceID: traceID}
	text, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return Answer{Kind: NoAnswer, TraceID: traceID}
	}
	_ = json.Unmarshal(text, &a.Body) // what is no JSON has no kind
	if a.Status >= http.StatusBadRequest {
		a.Kind, _ = a.Body["error_kind"].(string)
		if a.Kind == "" {
			a.Kind = "unexplained"
		}
	}
	if s, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil {
		a.RetryAfter = time.Duration(s) * time.Second
	}
	return a
}

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// User is an account that the client has made.
type User struct{ Name, Email, Password, Token string }

// NewUser draws an account that nobody has.
func NewUser() User {
	name := "load-" + randomHex(8)
	return User{Name: name, Email: name + "@load.example", Password: "Load test 1 " + randomHex(4)}
}

// The requests of the critical path.
func health() Request { return Request{Method: "GET", Path: "/health"} }

func (u User) register() Request {
	return Request{Method: "POST", Path: "/api/auth/register", Body: map[string]string{"username": u.Name, "email": u.Email, "password": u.Password}}
}

func (u User) login() Request {
	return Request{Method: "POST", Path: "/api/auth/login", Body: map[string]string{"username": u.Name, "password": u.Password}}
}

func (u User) verify() Request {
	return Request{Method: "GET", Path: "/api/auth/verify", Token: u.Token}
}
