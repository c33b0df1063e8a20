package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Client speaks to one service.
type Client struct {
	service *Service
	http    *http.Client
	pause   func(time.Duration) // default time.Sleep
}

// Call is one request of a scenario.
type Call struct {
	Method, Path string
	Token        string // of the Authorization header, "" for none
	Body         any    // sent as JSON, nil for none
	Header       map[string]string
}

// do sends a call and reads the whole answer. Anything but 200 is an error: what is measured must be right.
func (c *Client) do(ctx context.Context, call Call, into any) (time.Duration, error) {
	took, _, answer, err := c.send(ctx, call)
	if err != nil || into == nil {
		return took, err
	}
	return took, json.Unmarshal(answer, into)
}

// sleep lets time pass for the service.
func (c *Client) sleep(d time.Duration) {
	if c.pause != nil {
		c.pause(d)
		return
	}
	time.Sleep(d)
}

func (c *Client) send(ctx context.Context, call Call) (time.Duration, http.Header, []byte, error) {
	var body io.Reader
	if call.Body != nil {
		text, err := json.Marshal(call.Body)
		if err != nil {
			return 0, nil, nil, err
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, call.Method, c.service.URL+call.Path, body)
	if err != nil {
		return 0, nil, nil, err
	}
	if call.Body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if call.Token != "" {
		r.Header.Set("Authorization", "Bearer "+call.Token)
	}
	for name, value := range call.Header {
		r.Header.Set(name, value)
	}
	begin := time.Now()
	res, err := c.http.Do(r)
	if err != nil {
		return 0, nil, nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	took := time.Since(begin)
	if err != nil {
		return 0, nil, nil, err
	}
	if res.StatusCode != http.StatusOK {
		return 0, nil, nil, &statusError{res.StatusCode, fmt.Sprintf("%s: %s %s answers %d: %s", c.service.Runtime, call.Method, call.Path, res.StatusCode, answer)}
	}
	return took, res.Header, answer, nil
}

// statusError is an answer that is not 200.
type statusError struct {
	status int
	text   string
}

func (e *statusError) Error() string { return e.text }

// refused tells whether a service had too much to do.
func refused(err error) bool {
	var status *statusError
	return errors.As(err, &status) && status.status == http.StatusServiceUnavailable
}
