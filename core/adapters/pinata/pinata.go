// Package pinata is a client of Pinata, a service that pins content on IPFS, as far as adapters need it: pin a file, read
// it through Pinata's public gateway, unpin it, test the credentials. It has an interface of its own, other than that of an
// IPFS node.
package pinata

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"tracedge/core/adapters/kubo"
	"tracedge/core/fault"
	"tracedge/core/message"
	"tracedge/core/platform"
	"tracedge/core/status"
)

// Host is where Pinata answers: a configuration whose endpoint has this host is one of Pinata.
const Host = "api.pinata.cloud"

// gateway reads content. It takes no credentials, so none are sent there.
const gateway = "https://gateway.pinata.cloud/ipfs/"

// Client speaks for one account. It keeps no state and may be used concurrently. Errors are those of kubo.Client.
type Client struct {
	Fetcher platform.Fetcher
	Headers [][2]string // credentials: see Credentials
	Timeout time.Duration
}

// Credentials are the headers of an API key with its secret.
func Credentials(apiKey, secretKey string) [][2]string {
	return [][2]string{{"pinata_api_key", apiKey}, {"pinata_secret_api_key", secretKey}}
}

// Check asks whether the credentials are good.
func (c Client) Check(ctx context.Context) error {
	_, err := c.call(ctx, message.GET, "/data/testAuthentication", "", "")
	return err
}

// Add pins content and returns its CID. The same content has the same CID.
func (c Client) Add(ctx context.Context, content []byte) (cid string, err error) {
	contentType, body := kubo.Multipart(content, [2]string{"pinataOptions", `{"cidVersion":1}`})
	reply, err := c.call(ctx, message.POST, "/pinning/pinFileToIPFS", contentType, body)
	if err != nil {
		return "", err
	}
	var pinned struct{ IpfsHash string }
	if err := json.Unmarshal([]byte(reply), &pinned); err != nil || !kubo.Plausible(pinned.IpfsHash) {
		return "", refused("pinFileToIPFS", errors.New("no CID"))
	}
	return pinned.IpfsHash, nil
}

// Cat reads content through the public gateway, which may not have it yet.
func (c Client) Cat(ctx context.Context, cid string) ([]byte, error) {
	reply, err := c.fetch(ctx, platform.FetchRequest{Method: message.GET, URL: gateway + cid})
	if err != nil {
		return nil, err
	}
	if len(reply) > kubo.MaxContent {
		return nil, refused("gateway", errors.New("more than can be read"))
	}
	return []byte(reply), nil
}

// Remove takes the pin away. Copies of others stay.
func (c Client) Remove(ctx context.Context, cid string) error {
	_, err := c.call(ctx, message.DELETE, "/pinning/unpin/"+cid, "", "")
	return err
}

func (c Client) call(ctx context.Context, method, path, contentType, body string) (string, error) {
	headers := c.Headers
	if contentType != "" {
		headers = append(headers[:len(headers):len(headers)], [2]string{"Content-Type", contentType})
	}
	return c.fetch(ctx, platform.FetchRequest{Method: method, URL: "https://" + Host + path, Headers: headers, Body: body})
}

func (c Client) fetch(ctx context.Context, r platform.FetchRequest) (string, error) {
	r.Binary, r.Timeout = true, c.Timeout
	reply, err := c.Fetcher.Fetch(ctx, r)
	switch {
	case errors.Is(err, platform.ErrFetchTimeout), errors.Is(err, context.DeadlineExceeded):
		return "", fault.New(fault.ExternalTimeout, status.BadGateway, "Pinata gave no answer in time").Because(err)
	case err != nil:
		return "", fault.New(fault.ExternalError, status.BadGateway, "Pinata cannot be reached").Because(err)
	case reply.Status != status.OK:
		return "", refused(strings.ToLower(r.Method), errors.New("status "+strconv.Itoa(reply.Status)))
	}
	return reply.Body, nil
}

func refused(what string, cause error) error {
	return fault.New(fault.ExternalError, status.BadGateway, "Pinata did not do what it was asked for").
		Because(errors.Join(errors.New("pinata: "+what), cause))
}
