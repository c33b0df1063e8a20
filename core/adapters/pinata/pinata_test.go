package pinata_test

import (
	"context"
	"io"
	"mime"
	"mime/multipart"
	"strings"
	"testing"

	"tracedge/core/adapters/pinata"
	"tracedge/core/fault"
	"tracedge/core/platform"
	"tracedge/harness/fakekubo"
)

// service is Pinata with its gateway, by its published interface.
type service struct {
	t       *testing.T
	content map[string]string
	broken  int // status of every answer, 0 for none
	late    bool
}

func (s *service) Fetch(_ context.Context, r platform.FetchRequest) (platform.FetchResponse, error) {
	if s.late {
		return platform.FetchResponse{}, platform.ErrFetchTimeout
	}
	if s.broken != 0 {
		return platform.FetchResponse{Status: s.broken, Body: "internal: /var/lib/pinata"}, nil
	}
	headers := make(map[string]string)
	for _, h := range r.Headers {
		headers[h[0]] = h[1]
	}
	cid, read := strings.CutPrefix(r.URL, "https://gateway.pinata.cloud/ipfs/")
	if read {
		if len(headers) > 0 {
			s.t.Errorf("the gateway is sent %v", headers)
		}
		if content, ok := s.content[cid]; ok {
			return platform.FetchResponse{Status: 200, Body: content}, nil
		}
		return platform.FetchResponse{Status: 504}, nil
	}
	if headers["pinata_api_key"] != "k" || headers["pinata_secret_api_key"] != "s" {
		return platform.FetchResponse{Status: 401}, nil
	}
	switch path := strings.TrimPrefix(r.URL, "https://api.pinata.cloud"); {
	case r.Method == "GET" && path == "/data/testAuthentication":
		return platform.FetchResponse{Status: 200, Body: `{"message":"Congratulations!"}`}, nil
	case r.Method == "POST" && path == "/pinning/pinFileToIPFS":
		return platform.FetchResponse{Status: 200, Body: `{"IpfsHash":"` + s.pin(headers["Content-Type"], r.Body) + `","PinSize":1}`}, nil
	case r.Method == "DELETE" && strings.HasPrefix(path, "/pinning/unpin/"):
		cid := strings.TrimPrefix(path, "/pinning/unpin/")
		if _, ok := s.content[cid]; !ok {
			return platform.FetchResponse{Status: 404}, nil
		}
		delete(s.content, cid)
		return platform.FetchResponse{Status: 200, Body: "OK"}, nil
	}
	return platform.FetchResponse{Status: 404}, nil
}

func (s *service) pin(contentType, body string) (cid string) {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		s.t.Fatal(err)
	}
	form := multipart.NewReader(strings.NewReader(body), params["boundary"])
	for {
		part, err := form.NextPart()
		if err != nil {
			return cid
		}
		text, err := io.ReadAll(part)
		if err != nil {
			s.t.Fatal(err)
		}
		switch part.FormName() {
		case "file":
			cid = fakekubo.CID(text)
			s.content[cid] = string(text)
		case "pinataOptions":
			if string(text) != `{"cidVersion":1}` {
				s.t.Errorf("%s", text)
			}
		}
	}
}

func TestClient(t *testing.T) {
	s := &service{t: t, content: make(map[string]string)}
	c := pinata.Client{Fetcher: s, Headers: pinata.Credentials("k", "s")}
	if err := c.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	content := []byte("a\x00\xff--tracedge-0")
	cid, err := c.Add(t.Context(), content)
	if err != nil || cid != fakekubo.CID(content) {
		t.Fatal(cid, err)
	}
	if got, err := c.Cat(t.Context(), cid); err != nil || string(got) != string(content) {
		t.Errorf("%q, %v", got, err)
	}
	if err := c.Remove(t.Context(), cid); err != nil {
		t.Error(err)
	}
	if _, err := c.Cat(t.Context(), cid); fault.KindOf(err) != fault.ExternalError {
		t.Error(err)
	}
	stranger := pinata.Client{Fetcher: s, Headers: pinata.Credentials("k", "x")}
	for _, err := range []error{stranger.Check(t.Context()), stranger.Remove(t.Context(), cid)} {
		if f := fault.From(err); f.Kind != fault.ExternalError || f.Status != 502 {
			t.Error(err)
		}
	}
	s.broken = 500
	if f := fault.From(c.Check(t.Context())); f.Kind != fault.ExternalError || strings.Contains(f.Message, "/var") {
		t.Error(f)
	}
	s.late = true
	if _, err := c.Add(t.Context(), content); fault.KindOf(err) != fault.ExternalTimeout {
		t.Error(err)
	}
}
