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
	URL     string // without a slash at the end
	HTTP    *http.Client
	Timeout time.Duration // of one attempt, connecting and reading included; 0 is none
}

// NewClient returns a client of the service at url that keeps up to a number of connections for reuse. It takes no proxy
// from the environment and follows no redirect: both would measure something else.
func NewClient(url string, timeout time.Duration, connections int) *Client {
	return &Client{URL: url, Timeout: timeout, HTTP: &http.Client{
		Transport:     &http.Transport{MaxIdleConns: connections, MaxIdleConnsPerHost: connections, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Request is one request of the critical path.
type Request struct {
	Step         string // what it is called in reports
	Method, Path string // the paths have no parameters, so each is its own endpoint template
	Token        string // of the Authorization header, "" for none
	Body         any    // sent as JSON, nil for none

	// check says what is wrong with the body of a success, "" when nothing is.
	check func(body map[string]any) string
}

// Answer is what came back.
type Answer struct {
	Status     int            // 0 when nothing came
	Kind       string         // error_kind, one of the Kind constants where the service gave none, "" for a success
	Message    string         // what is known of a failure beyond its kind
	TraceID    string         // as the service gave it, else the one that was sent
	Strayed    bool           // it came without the trace that was sent
	RetryAfter time.Duration  // 0 when not asked for
	Body       map[string]any // nil when it was no JSON object
}

// Failed reports whether the answer is not the success that was asked for.
func (a Answer) Failed() bool { return a.Kind != "" }

// maxBody bounds what is read of an answer. Those of the critical path have less than 1 KiB.
const maxBody = 1 << 20

// Do sends a request under a trace, so that the service's records can be found by what the client saw. It always returns
// an answer: a failure to get one is an answer of a kind of its own.
func (c *Client) Do(ctx context.Context, r Request, traceID string) Answer {
	if c.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.Timeout)
		defer cancel()
	}
	req, err := c.request(ctx, r, traceID)
	if err != nil {
		return noAnswer(err, traceID)
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		return noAnswer(err, traceID)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	if err != nil {
		return noAnswer(err, traceID)
	}
	return answer(res, text, r, traceID)
}

func (c *Client) request(ctx context.Context, r Request, traceID string) (*http.Request, error) {
	var body io.Reader
	if r.Body != nil {
		b, err := json.Marshal(r.Body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, c.URL+r.Path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "tracedge-load")
	req.Header.Set("Traceparent", "00-"+traceID+"-"+randomHex(8)+"-01")
	if r.Body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.Token != "" {
		req.Header.Set("Authorization", "Bearer "+r.Token)
	}
	return req, nil
}

// answer judges a response by the contract: a success is a 200 whose body says what was asked for, a failure names its
// kind.
func answer(res *http.Response, text []byte, r Request, traceID string) Answer {
	a := Answer{Status: res.StatusCode, TraceID: traceID}
	if id := res.Header.Get("X-Trace-Id"); id != "" {
		a.TraceID = id
	}
	a.Strayed = res.Header.Get("X-Trace-Id") != traceID
	if s, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && s > 0 {
		a.RetryAfter = time.Duration(s) * time.Second
	}
	_ = json.Unmarshal(text, &a.Body) // anything but an object stays nil, which is judged below
	switch {
	case a.Status >= http.StatusBadRequest:
		a.Kind, _ = a.Body["error_kind"].(string)
		a.Message, _ = a.Body["error"].(string)
		if a.Kind == "" {
			a.Kind, a.Message = KindUnexplained, "the body names no error_kind"
		}
	case a.Status != http.StatusOK:
		a.Kind, a.Message = KindUnexpected, "the contract knows no such success"
	case r.check != nil:
		if wrong := r.check(a.Body); wrong != "" {
			a.Kind, a.Message = KindUnexpected, wrong
		}
	}
	return a
}

// newTraceID draws a W3C trace id.
func newTraceID() string { return randomHex(16) }

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
