package server

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// do sends a request written out by hand and returns the response with its body
// read.
func do(t *testing.T, s *running, raw string) (*http.Response, string, error) {
	t.Helper()
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, strings.ReplaceAll(raw, "\n", "\r\n")); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(raw, " ")
	resp, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp, string(body), err
}

func TestRequestAsTheEdgeHasIt(t *testing.T) {
	seen := make(chan *http.Request, 1)
	var body string
	s := start(t, Options{Worker: &worker{fetch: func(_ context.Context, r *http.Request) (*http.Response, error) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		body = string(b)
		seen <- r
		return reply(200, ""), nil
	}}})
	do(t, s, `POST //a%2Fb/%C3%A9?q=a%20b&q=;c HTTP/1.1
Host: api.example.test:81
CF-Connecting-IP: 203.0.113.9
cf-connecting-ip: 203.0.113.10
CF-Ray: 123
CF-IPCountry: XX
True-Client-IP: 203.0.113.11
X-Forwarded-For: 203.0.113.12, 203.0.113.13
Cookie: a=1
Accept: a, b
Accept: c
Connection: X-Secret, keep-alive
X-Secret: hop
Upgrade: websocket
Content-Length: 5

hello`)
	r := <-seen
	if url := r.URL.String(); url != "http://api.example.test:81//a%2Fb/%C3%A9?q=a%20b&q=;c" {
		t.Errorf("URL is %s", url)
	}
	if r.Method != "POST" || body != "hello" {
		t.Errorf("%s with body %q", r.Method, body)
	}
	got := fmt.Sprintf("%q", map[string][]string(r.Header))
	want := fmt.Sprintf("%q", map[string][]string{
		"Host": {"api.example.test:81"}, "Cf-Connecting-Ip": {"127.0.0.1"},
		"X-Forwarded-For": {"203.0.113.12, 203.0.113.13"}, "Cookie": {"a=1"}, "Accept": {"a, b", "c"}, "Content-Length": {"5"},
	})
	if got != want {
		t.Errorf("header is\n%s, want\n%s", got, want)
	}
}

func TestRequestWithoutHost(t *testing.T) {
	seen := make(chan string, 1)
	s := start(t, Options{Worker: &worker{fetch: func(_ context.Context, r *http.Request) (*http.Response, error) {
		seen <- r.URL.String()
		return reply(200, ""), nil
	}}})
	do(t, s, "GET /x HTTP/1.0\n\n")
	if url := <-seen; url != s.url+"/x" {
		t.Errorf("URL is %s, want %s/x", url, s.url)
	}
}

func TestPeerAddress(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.1:80": "192.0.2.1", "[2001:db8::1]:80": "2001:db8::1", "[fe80::1%eth0]:80": "fe80::1", "@": "", "": "",
	} {
		if got := peerAddress(remote); got != want {
			t.Errorf("peerAddress(%q) = %q, want %q", remote, got, want)
		}
	}
}

func TestResponse(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	answers := map[string]*http.Response{
		"/json":  reply(201, `{"a":1}`, "Content-Type", "application/json", "Link", "a", "Link", "b", "Content-Length", "999", "Connection", "close", "Transfer-Encoding", "chunked"),
		"/html":  reply(200, "<html>"),
		"/long":  reply(200, long),
		"/none":  reply(204, ""),
		"/empty": reply(404, ""),
	}
	stream := reply(200, long)
	stream.ContentLength = -1
	answers["/stream"] = stream
	s := start(t, Options{Worker: &worker{fetch: func(_ context.Context, r *http.Request) (*http.Response, error) {
		return answers[r.URL.Path], nil
	}}})
	for _, tt := range []struct {
		request string
		status  int
		length  int64
		body    string
	}{
		{"GET /json", 201, 7, `{"a":1}`},
		{"HEAD /json", 201, 7, ""},
		{"GET /html", 200, 6, "<html>"},
		{"GET /long", 200, 100_000, long},
		{"GET /stream", 200, -1, long},
		{"GET /none", 204, 0, ""},
		{"GET /empty", 404, 0, ""},
		{"HEAD /empty", 404, -1, ""},
	} {
		if body := answers[strings.Fields(tt.request)[1]]; tt.body != "" {
			body.Body = io.NopCloser(strings.NewReader(tt.body))
		}
		resp, body, err := do(t, s, tt.request+" HTTP/1.1\nHost: h\n\n")
		if err != nil || resp.StatusCode != tt.status || resp.ContentLength != tt.length || body != tt.body {
			t.Errorf("%s: status %d, length %d, %d bytes of body, %v", tt.request, resp.StatusCode, resp.ContentLength, len(body), err)
		}
		switch tt.request {
		case "GET /json":
			if got := resp.Header["Link"]; len(got) != 2 || got[0] != "a" || got[1] != "b" {
				t.Errorf("Link is %q", got)
			}
			if resp.Close {
				t.Error("the Connection field of the worker reached the client")
			}
		case "GET /html":
			if got, ok := resp.Header["Content-Type"]; ok {
				t.Errorf("a Content-Type was guessed: %q", got)
			}
		}
	}
}

// errorBody is what every error has.
type errorBody struct {
	Error   string `json:"error"`
	Kind    string `json:"error_kind"`
	TraceID string `json:"trace_id"`
}

func checkError(t *testing.T, resp *http.Response, body string, status int, kind string) (traceID string) {
	t.Helper()
	var e errorBody
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		t.Fatalf("status %d with body %q: %v", resp.StatusCode, body, err)
	}
	if resp.StatusCode != status || e.Kind != kind || e.Error == "" {
		t.Errorf("status %d, %+v; want %d %s", resp.StatusCode, e, status, kind)
	}
	h := resp.Header
	parent := regexp.MustCompile(`^00-` + e.TraceID + `-[0-9a-f]{16}-0[01]$`)
	if len(e.TraceID) != 32 || h.Get("X-Trace-Id") != e.TraceID || !parent.MatchString(h.Get("traceparent")) || !strings.HasPrefix(h.Get("Server-Timing"), "total;dur=") {
		t.Errorf("trace id %q in headers %v", e.TraceID, h)
	}
	if h.Get("Content-Type") != "application/json" || h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("headers are %v", h)
	}
	return e.TraceID
}

func TestWorkerWithoutAnswer(t *testing.T) {
	s := start(t, Options{Worker: &worker{fetch: func(_ context.Context, r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/upgrade" {
			return reply(101, ""), nil
		}
		return nil, errors.New("the isolate is gone: secret detail")
	}}})
	const id = "0af7651916cd43dd8448eb211c80319c"
	for _, tt := range []struct{ path, header, trace string }{
		{"/", "traceparent: 00-" + id + "-b7ad6b7169203331-01", id},
		{"/upgrade", "traceparent: 00-" + id + "-b7ad6b7169203331-00", id},
		{"/", "traceparent: 00-00000000000000000000000000000000-b7ad6b7169203331-01", ""},
		{"/", "X: y", ""},
	} {
		resp, body, _ := do(t, s, "GET "+tt.path+" HTTP/1.1\nHost: h\n"+tt.header+"\n\n")
		got := checkError(t, resp, body, 500, "internal_error")
		if tt.trace != "" && got != tt.trace {
			t.Errorf("%s: trace id is %s", tt.header, got)
		}
		if strings.Contains(body, "secret detail") {
			t.Error("the client sees why")
		}
		if !strings.Contains(s.log.String(), got) {
			t.Errorf("the log does not name trace %s: %s", got, s.log)
		}
	}
}

func TestInboundTrace(t *testing.T) {
	const id, span = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
	for header, want := range map[string]string{
		"00-" + id + "-" + span + "-01":                      id + " 01",
		"00-" + id + "-" + span + "-00":                      id + " 00",
		"00-" + id + "-" + span + "-03":                      id + " 01",
		"cc-" + id + "-" + span + "-01-more":                 id + " 01",
		"cc-" + id + "-" + span + "-01more":                  " ",
		"00-" + id + "-" + span + "-01-more":                 " ",
		"ff-" + id + "-" + span + "-01":                      " ",
		"00-" + strings.ToUpper(id) + "-" + span + "-01":     " ",
		"00-" + id + "-0000000000000000-01":                  " ",
		"00-" + strings.Repeat("0", 32) + "-" + span + "-01": " ",
		"":                      " ",
		"00-" + id + "-" + span: " ",
	} {
		if got, flags := inboundTrace(header); got+" "+flags != want {
			t.Errorf("inboundTrace(%q) = %q %q, want %q", header, got, flags, want)
		}
	}
}

func TestRefusedBeforeTheWorker(t *testing.T) {
	s := start(t, Options{Worker: &worker{fetch: func(_ context.Context, r *http.Request) (*http.Response, error) {
		t.Errorf("%s %s reached the worker", r.Method, r.URL)
		return reply(200, ""), nil
	}}})
	for _, method := range []string{"TRACE", "TRACK"} {
		resp, body, _ := do(t, s, method+" /x HTTP/1.1\nHost: h\n\n")
		checkError(t, resp, body, 405, "other")
		if resp.Header.Get("Allow") == "" {
			t.Error("405 without Allow")
		}
	}
	resp, body, _ := do(t, s, fmt.Sprintf("POST / HTTP/1.1\nHost: h\nContent-Length: %d\n\n", maxBodyBytes+1))
	checkError(t, resp, body, 413, "validation_error")
	resp, _, _ = do(t, s, "GET / HTTP/1.1\nHost: h\nX: "+strings.Repeat("x", maxHeaderBytes+8192)+"\n\n")
	if resp.StatusCode != 431 {
		t.Errorf("a header of %d bytes is answered with %d", maxHeaderBytes, resp.StatusCode)
	}
}

// brokenBody fails after some bytes.
type brokenBody struct{ n int }

func (b *brokenBody) Read(p []byte) (int, error) {
	if b.n == 0 {
		return 0, errors.New("the isolate died")
	}
	n := min(b.n, len(p))
	b.n -= n
	return n, nil
}

func TestBrokenBodyIsNotWhole(t *testing.T) {
	s := start(t, Options{Worker: &worker{fetch: func(_ context.Context, r *http.Request) (*http.Response, error) {
		resp := reply(200, "")
		resp.ContentLength, resp.Body = -1, io.NopCloser(&brokenBody{n: 100_000})
		return resp, nil
	}}})
	if _, body, err := do(t, s, "GET / HTTP/1.1\nHost: h\n\n"); err == nil {
		t.Errorf("the client takes %d bytes for a whole response", len(body))
	}
	if !strings.Contains(s.log.String(), "the isolate died") {
		t.Errorf("log is %q", s.log)
	}
}

func TestScheduledHandler(t *testing.T) {
	type event struct {
		cron string
		ms   int64
	}
	var got event
	w := &worker{
		fetch: func(_ context.Context, r *http.Request) (*http.Response, error) {
			return reply(404, "from the worker"), nil
		},
		scheduled: func(_ context.Context, cron string, at time.Time) error {
			got = event{cron, at.UnixMilli()}
			if cron == "0 0 * * *" {
				return errors.New("boom")
			}
			return nil
		},
	}
	off := start(t, Options{Worker: w})
	if resp, body, _ := do(t, off, "GET "+scheduledPath+" HTTP/1.1\nHost: h\n\n"); resp.StatusCode != 404 || body != "from the worker" || got.cron != "" {
		t.Errorf("without TestScheduled: %d %q, event %+v", resp.StatusCode, body, got)
	}
	on := start(t, Options{Worker: w, TestScheduled: true})
	for _, tt := range []struct {
		request string
		status  int
		body    string
		event   event
	}{
		{"POST " + scheduledPath + "?cron=*/5+*+*+*+*&time=1234", 200, "ok\n", event{"*/5 * * * *", 1234}},
		{"GET " + scheduledPath + "?time=5", 200, "ok\n", event{"* * * * *", 5}},
		{"GET " + scheduledPath + "?cron=0+0+*+*+*&time=6", 500, "exception\n", event{"0 0 * * *", 6}},
		{"GET " + scheduledPath + "?time=x", 400, "time is not a number of milliseconds\n", event{}},
		{"PUT " + scheduledPath, 405, "use GET or POST\n", event{}},
	} {
		got = event{}
		resp, body, _ := do(t, on, tt.request+" HTTP/1.1\nHost: h\nContent-Length: 0\n\n")
		if resp.StatusCode != tt.status || body != tt.body || got != tt.event {
			t.Errorf("%s: %d %q, event %+v", tt.request, resp.StatusCode, body, got)
		}
	}
}
