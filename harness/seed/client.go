package seed

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Client speaks to a service.
type Client struct {
	url  string
	http *http.Client
}

// NewClient returns a client of the service at a URL without a trailing slash.
func NewClient(url string) *Client {
	return &Client{strings.TrimRight(url, "/"), &http.Client{
		Timeout:       time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // passwords go nowhere else
	}}
}

// Refusal is an answer that is not a success.
type Refusal struct {
	Method, Path string
	Status       int
	Text         string `json:"error"`
	Kind         string `json:"error_kind"`
	Field        string `json:"field"`
	TraceID      string `json:"trace_id"`
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("%s %s answers %d: %s (trace id %s)", r.Method, r.Path, r.Status, r.Text, r.TraceID)
}

// Do sends a request with a token, "" for none, and a body, nil for none, and decodes a success into out, nil for
// nothing. Errors: *Refusal; else the service does not answer, or not as it should.
func (c *Client) Do(ctx context.Context, method, path, token string, body, out any) error {
	var sent io.Reader
	if body != nil {
		doc, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(doc)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.url+path, sent)
	if err != nil {
		return err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := c.http.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	doc, err := io.ReadAll(io.LimitReader(res.Body, 8<<20))
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		refusal := &Refusal{Method: method, Path: path, Status: res.StatusCode}
		_ = json.Unmarshal(doc, refusal) // what is no error of the service still has a status
		return refusal
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(doc, out); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}
