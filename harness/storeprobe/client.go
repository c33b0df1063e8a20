package storeprobe

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"tracedge/core/storage/wire"
)

// Client is the back end of the module that listens at URL. It implements storage.Sequencer itself and storage.Edge
// through Edge.
type Client struct {
	URL  string       // http://127.0.0.1:port, without a path
	HTTP *http.Client // nil is http.DefaultClient
}

// Read implements storage.Sequencer.
func (c *Client) Read(ctx context.Context, req wire.ReadRequest) (wire.ReadReply, error) {
	return post[wire.ReadReply](ctx, c, "/read", req)
}

// Commit implements storage.Sequencer.
func (c *Client) Commit(ctx context.Context, req wire.CommitRequest) (wire.CommitReply, error) {
	return post[wire.CommitReply](ctx, c, "/commit", req)
}

// Edge is the replica that the module sees.
func (c *Client) Edge() *Edge { return &Edge{c} }

// Edge implements storage.Edge over a Client.
type Edge struct{ client *Client }

// Get implements storage.Edge.
func (e *Edge) Get(ctx context.Context, req wire.EdgeGetRequest) (wire.EdgeReply, error) {
	return post[wire.EdgeReply](ctx, e.client, "/edge_get", req)
}

// Scan implements storage.Edge.
func (e *Edge) Scan(ctx context.Context, req wire.EdgeScanRequest) (wire.EdgeReply, error) {
	return post[wire.EdgeReply](ctx, e.client, "/edge_scan", req)
}

// post makes one call. Its errors are those of a back end (Failure.Err), of the connection, or of a reply that is not of
// the probe.
func post[Reply any](ctx context.Context, c *Client, path string, req any) (Reply, error) {
	var reply Reply
	body, err := encode(req)
	if err != nil {
		return reply, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL+path, bytes.NewReader(body))
	if err != nil {
		return reply, err
	}
	r.Header.Set("Content-Type", "application/gzip")
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	res, err := client.Do(r)
	if err != nil {
		return reply, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return reply, err
	}
	if res.StatusCode == http.StatusOK {
		return reply, json.Unmarshal(text, &reply)
	}
	var failure Failure
	if err := json.Unmarshal(text, &failure); err != nil {
		return reply, fmt.Errorf("storeprobe: %s is answered %s: %.200q", path, res.Status, text)
	}
	return reply, failure.Err()
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	err := errors.Join(json.NewEncoder(z).Encode(v), z.Close())
	return b.Bytes(), err
}

// Decode reads the body of a request.
func Decode(body io.Reader, v any) error {
	z, err := gzip.NewReader(body)
	if err != nil {
		return err
	}
	return json.NewDecoder(z).Decode(v)
}
