package web

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestOverHTTP sends requests through a real server, which parses targets itself.
func TestOverHTTP(t *testing.T) {
	f := serve(t, Options{}, route("GET", "/api/items/:dfid", echo), route("POST", "/body", func(c *Call) (any, error) { return Body[named](c) }))
	srv := httptest.NewServer(f)
	defer srv.Close()
	for _, tc := range []struct {
		request string
		status  int
		body    string
	}{
		{"GET /api/items/a%2Fb%20c HTTP/1.1\r\n", 200, `{"dfid":"a/b c","endpoint":"GET /api/items/:dfid"}`},
		{"GET /api/items/../x HTTP/1.1\r\n", 404, ""},
		{"GET //api/items/x HTTP/1.1\r\n", 404, ""},
		{"HEAD /api/items/x HTTP/1.1\r\n", 200, ""},
		{"OPTIONS /api/items/x HTTP/1.1\r\n", 204, ""},
		{"POST /body HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n{\"name\":\"a\"}\r\n0\r\n", 200, `{"name":"a"}`},
		{"POST /body HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 3000000\r\n", 413, ""},
	} {
		conn, err := net.Dial("tcp", srv.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		line, rest, _ := strings.Cut(tc.request, "\r\n")
		fmt.Fprintf(conn, "%s\r\nHost: x\r\nConnection: close\r\n%s\r\n", line, rest)
		resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: strings.Fields(tc.request)[0]})
		if err != nil {
			t.Fatalf("%q: %v", tc.request, err)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != tc.status || tc.body != "" && string(body) != tc.body {
			t.Errorf("%q: %d %s, %v", tc.request, resp.StatusCode, body, err)
		}
		conn.Close()
	}
}
