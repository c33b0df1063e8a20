package kubo_test

import (
	"bytes"
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"tracedge/core/adapters/kubo"
	"tracedge/core/fault"
	"tracedge/core/platform"
	"tracedge/harness/fakekubo"
)

// direct is a fetcher that asks a handler.
type direct struct{ server *fakekubo.Server }

func (d direct) Fetch(ctx context.Context, r platform.FetchRequest) (platform.FetchResponse, error) {
	if strings.Contains(r.URL, "late") {
		return platform.FetchResponse{}, platform.ErrFetchTimeout
	}
	request := httptest.NewRequestWithContext(ctx, r.Method, r.URL, strings.NewReader(r.Body))
	for _, h := range r.Headers {
		request.Header.Set(h[0], h[1])
	}
	w := httptest.NewRecorder()
	d.server.ServeHTTP(w, request)
	return platform.FetchResponse{Status: w.Code, Body: w.Body.String()}, nil
}

func TestClient(t *testing.T) {
	fake := fakekubo.New()
	node := fake.Node("one")
	node.Demand("X-Key", "k")
	c := kubo.Client{Fetcher: direct{fake}, Endpoint: "http://node.example/one/", Headers: [][2]string{{"X-Key", "k"}}}
	if err := c.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	content := append([]byte("--tracedge-0\r\n"), bytes.Repeat([]byte{0, 255, '\n'}, 100)...)
	cid, err := c.Add(t.Context(), content)
	if err != nil || cid != fakekubo.CID(content) {
		t.Fatal(cid, err)
	}
	if got, err := c.Cat(t.Context(), cid); err != nil || !bytes.Equal(got, content) {
		t.Fatalf("%q, %v", got, err)
	}
	if err := c.Remove(t.Context(), cid); err != nil || node.Blocks() != 0 || len(node.Pinned()) != 0 {
		t.Fatal(err, node.Blocks())
	}
	if _, err := c.Cat(t.Context(), cid); fault.KindOf(err) != fault.ExternalError {
		t.Fatal(err)
	}
}

func TestFailures(t *testing.T) {
	fake := fakekubo.New()
	at := func(path string) kubo.Client {
		return kubo.Client{Fetcher: direct{fake}, Endpoint: "http://node.example/" + path}
	}
	fake.Node("broken").Fail("id", fakekubo.Always)
	fake.Node("closed").Demand("X-Key", "k")
	for path, want := range map[string]fault.Kind{
		"broken": fault.ExternalError, "closed": fault.ExternalError, "late": fault.ExternalTimeout,
	} {
		err := at(path).Check(t.Context())
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != want || f.Status != 502 || strings.Contains(f.Message, "datastore") {
			t.Errorf("%s: %v", path, err)
		}
	}
	long := at("long")
	cid, err := long.Add(t.Context(), make([]byte, kubo.MaxContent+1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := long.Cat(t.Context(), cid); fault.KindOf(err) != fault.ExternalError {
		t.Error(err)
	}
}
