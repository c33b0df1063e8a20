package conformance

import (
	"bufio"
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"tracedge/core/overhttp"
)

// FuzzRequest sends anything that net/http takes for a request to the native handler. Whatever it is, the answer is no
// 5xx and keeps the rules that bind every reply, and there is exactly one request record, of the same status and trace.
//
// headers are lines of "Name: value"; the words $token, $name and $password in them and in the body stand for an account
// that exists. Seeds are in testdata/fuzz/FuzzRequest.
func FuzzRequest(f *testing.F) {
	f.Fuzz(func(t *testing.T, method, path, headers, body string) {
		h := theFuzzed(t)
		request, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(h.wire(method, path, headers, body))))
		if err != nil {
			t.Skip("net/http refuses it")
		}
		request.RemoteAddr = "192.0.2.1:1"
		h.log.take()
		recorded := httptest.NewRecorder()
		h.handler.ServeHTTP(recorded, request)

		sent := Request{Method: request.Method, Target: request.RequestURI, Body: body}
		for name, values := range request.Header {
			sent = sent.with(name, values[0])
		}
		got := newReply(sent, recorded.Code, recorded.Header(), recorded.Body.Bytes())
		if got.Status >= 500 {
			t.Errorf("sent %s; came %s; contract: C4: nothing that a client sends is a 5xx", sent, got)
		}
		for _, b := range breaches(got) {
			t.Errorf("sent %s; came %s; wrong: %s; contract: %s", sent, got, b.check(got), b.says)
		}
		h.checkRecords(t, got)
	})
}

// fuzzed is a native service with one account.
type fuzzed struct {
	handler http.Handler
	log     *journal
	words   *strings.Replacer
}

var fuzzedService *fuzzed // of this process; fuzzing runs in several

func theFuzzed(t *testing.T) *fuzzed {
	if fuzzedService != nil {
		return fuzzedService
	}
	a, log := newNative(t, settingsOf("http://127.0.0.1:1/", nil)) // nobody listens there
	a.Sweep(context.Background())
	h := &fuzzed{log: log, words: strings.NewReplacer()}
	served := overhttp.Handler(a.Answer)
	h.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served.ServeHTTP(w, r)
		a.Drain()
	})

	u := user{name: "fuzzed", email: "fuzzed@example.test", password: "Fuzzed-1-password"}
	request, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(u.registration().wire("service"))))
	if err != nil {
		t.Fatal(err)
	}
	recorded := httptest.NewRecorder()
	h.handler.ServeHTTP(recorded, request)
	token := newReply(u.registration(), recorded.Code, recorded.Header(), recorded.Body.Bytes()).text("token")
	if token == "" {
		t.Fatalf("registration answered %d %s", recorded.Code, recorded.Body)
	}
	h.words = strings.NewReplacer("$token", token, "$name", u.name, "$password", u.password)
	fuzzedService = h
	return h
}

// wire is the request as bytes.
func (h *fuzzed) wire(method, path, headers, body string) []byte {
	r := Request{Method: method, Target: path, Body: h.words.Replace(body)}
	for line := range strings.Lines(h.words.Replace(headers)) {
		if name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ": "); ok {
			r = r.with(name, value)
		}
	}
	return r.wire("service")
}

func (h *fuzzed) checkRecords(t *testing.T, got *Reply) {
	t.Helper()
	var requests []Record
	for _, r := range h.log.take() {
		if r.text("event") == "request" {
			requests = append(requests, r)
		}
	}
	if len(requests) != 1 {
		t.Fatalf("sent %s; came %s; %d request records, want 1: %v; contract: C10", got.Request, got, len(requests), requests)
	}
	if r := requests[0]; r.text("trace_id") != got.traceID() || r.int("status_code") != int64(got.Status) {
		t.Errorf("sent %s; came %s; logged %s; wrong: trace or status; contract: C10", got.Request, got, r)
	}
}
