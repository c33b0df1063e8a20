// Package kubo is a client of the RPC interface of Kubo, the reference node of IPFS, and of any endpoint that speaks the
// part of it used here: add, cat, id, pin/rm and block/rm. Every call is a POST below /api/v0.
package kubo

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tracedge/core/fault"
	"tracedge/core/message"
	"tracedge/core/platform"
	"tracedge/core/status"
)

// Client speaks to one node. It keeps no state and may be used concurrently.
//
// Errors of all methods are faults of status 502: external_timeout when the node gave no answer in time, external_error
// when it gave another one than was asked for, or none at all. What it said stays inside.
type Client struct {
	Fetcher  platform.Fetcher
	Endpoint string      // as in http://127.0.0.1:5001, with a path where the node is behind a proxy
	Headers  [][2]string // go along with every call
	Timeout  time.Duration
}

// MaxContent is how many bytes Cat reads back.
const MaxContent = platform.MaxFetched - 1

// Check asks the node who it is: an answer with its identity is a node that works.
func (c Client) Check(ctx context.Context) error {
	reply, err := c.call(ctx, "id", nil, "", "")
	if err != nil {
		return err
	}
	var node struct{ ID string }
	if err := json.Unmarshal([]byte(reply), &node); err != nil || node.ID == "" {
		return unusable("id", err)
	}
	return nil
}

// Add stores content, pins it, and returns its CID. The same content has the same CID, so adding it again changes
// nothing.
func (c Client) Add(ctx context.Context, content []byte) (cid string, err error) {
	contentType, body := Multipart(content)
	ask := url.Values{"pin": {"true"}, "cid-version": {"1"}, "progress": {"false"}, "quieter": {"true"}}
	reply, err := c.call(ctx, "add", ask, contentType, body)
	if err != nil {
		return "", err
	}
	// One JSON object a line for each thing that was added; the last one is the root.
	lines := strings.Split(strings.TrimSpace(reply), "\n")
	var added struct{ Hash string }
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &added); err != nil || !Plausible(added.Hash) {
		return "", unusable("add", err)
	}
	return added.Hash, nil
}

// Cat reads content back. What is longer than MaxContent is refused.
func (c Client) Cat(ctx context.Context, cid string) ([]byte, error) {
	reply, err := c.call(ctx, "cat", url.Values{"arg": {cid}, "length": {strconv.Itoa(MaxContent + 1)}}, "", "")
	if err != nil {
		return nil, err
	}
	if len(reply) > MaxContent {
		return nil, unusable("cat", errors.New("more than was asked for"))
	}
	return []byte(reply), nil
}

// Remove takes the pin of content away and drops its block, so that the node keeps nothing of it. It is for content of
// one block: up to 256 KiB.
func (c Client) Remove(ctx context.Context, cid string) error {
	if _, err := c.call(ctx, "pin/rm", url.Values{"arg": {cid}}, "", ""); err != nil {
		return err
	}
	reply, err := c.call(ctx, "block/rm", url.Values{"arg": {cid}}, "", "")
	if err != nil {
		return err
	}
	var removed struct{ Error string }
	if err := json.Unmarshal([]byte(reply), &removed); err != nil || removed.Error != "" {
		return unusable("block/rm", err)
	}
	return nil
}

func (c Client) call(ctx context.Context, command string, ask url.Values, contentType, body string) (string, error) {
	target := strings.TrimRight(c.Endpoint, "/") + "/api/v0/" + command
	if len(ask) > 0 {
		target += "?" + ask.Encode()
	}
	headers := c.Headers
	if contentType != "" {
		headers = append(headers[:len(headers):len(headers)], [2]string{"Content-Type", contentType})
	}
	reply, err := c.Fetcher.Fetch(ctx, platform.FetchRequest{
		Method: message.POST, URL: target, Headers: headers, Body: body, Binary: true, Timeout: c.Timeout,
	})
	switch {
	case errors.Is(err, platform.ErrFetchTimeout), errors.Is(err, context.DeadlineExceeded):
		return "", fault.New(fault.ExternalTimeout, status.BadGateway, "The IPFS node gave no answer in time").Because(err)
	case err != nil:
		return "", fault.New(fault.ExternalError, status.BadGateway, "The IPFS node cannot be reached").Because(err)
	case reply.Status != status.OK:
		return "", unusable(command, errors.New("status "+strconv.Itoa(reply.Status)))
	}
	return reply.Body, nil
}

func unusable(command string, cause error) error {
	if cause == nil {
		cause = errors.New("not what was asked for")
	}
	return fault.New(fault.ExternalError, status.BadGateway, "The IPFS node did not do what it was asked for").
		Because(errors.Join(errors.New("kubo: "+command), cause))
}
