package storeprobe_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tracedge/core/storage"
	"tracedge/core/storage/wire"
	"tracedge/harness/storeprobe"
)

func TestClientSendsAndReads(t *testing.T) {
	want := wire.CommitRequest{
		Partition: "p/1", Token: "0123456789abcdef",
		Puts: []wire.Put{{Key: "p/1/a", Doc: "\"<\u2028>" + strings.Repeat("\u2029", 500_000) + "\""}},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var got wire.CommitRequest
		if err := storeprobe.Decode(r.Body, &got); err != nil || r.URL.Path != "/commit" || r.Method != http.MethodPost {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
		if got.Token != want.Token || len(got.Puts) != 1 || got.Puts[0] != want.Puts[0] {
			t.Errorf("the request arrives changed")
		}
		if r.ContentLength > 1<<20 {
			t.Errorf("the request has %d bytes", r.ContentLength)
		}
		_, _ = w.Write([]byte(`{"ok":true,"version":7}`))
	}))
	defer server.Close()
	reply, err := (&storeprobe.Client{URL: server.URL}).Commit(t.Context(), want)
	if err != nil || !reply.OK || reply.Version != 7 {
		t.Fatalf("commit is answered %+v, %v", reply, err)
	}
}

// An error of the back end arrives as the same error.
func TestClientFailures(t *testing.T) {
	var status int
	var body string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	defer server.Close()
	client := &storeprobe.Client{URL: server.URL}
	known := []error{storage.ErrOverloaded, storage.ErrUnavailable, storage.ErrTimeout, storage.ErrNotBound}
	for _, tt := range []struct {
		status int
		body   string
		want   error
	}{
		{503, `{"error_kind":"overloaded"}`, storage.ErrOverloaded},
		{503, `{"error_kind":"storage_unavailable"}`, storage.ErrUnavailable},
		{503, `{"error_kind":"storage_timeout"}`, storage.ErrTimeout},
		{503, `{"error_kind":"storage_unbound"}`, storage.ErrNotBound},
		{500, `{"error_kind":"internal_error","error":"Internal error"}`, nil},
		{503, `{"error_kind":"other"}`, nil},
		{502, `Bad gateway`, nil},
		{200, `not JSON`, nil},
	} {
		status, body = tt.status, tt.body
		_, err := client.Edge().Get(t.Context(), wire.EdgeGetRequest{})
		if err == nil {
			t.Errorf("%d %s is no error", tt.status, tt.body)
		}
		for _, k := range known {
			if errors.Is(err, k) != (k == tt.want) {
				t.Errorf("%d %s is the error %v", tt.status, tt.body, err)
			}
		}
	}
	for _, err := range known {
		if back := storeprobe.FailureOf(err).Err(); !errors.Is(back, err) {
			t.Errorf("%v comes back as %v", err, back)
		}
	}
	server.Close()
	if _, err := client.Read(t.Context(), wire.ReadRequest{}); err == nil {
		t.Error("a server that is gone is no error")
	}
}
