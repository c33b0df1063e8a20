package conformance

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// patience is how long a reply may take. Nothing is asserted about time but that every request is answered.
const patience = 90 * time.Second

// exchange sends r on a connection of its own and reads the reply.
//
// A server may answer a large body before it has read it and then close, which can cost the client the reply (the
// kernel drops what it had received when the connection is reset). Such a request is sent again.
func exchange(base string, r Request) (*Reply, error) {
	const attempts = 5
	for attempt := 1; ; attempt++ {
		reply, err := exchangeOnce(base, r)
		reset := errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrUnexpectedEOF)
		if err == nil || !reset || len(r.Body) < 64<<10 || attempt == attempts {
			return reply, err
		}
	}
}

func exchangeOnce(base string, r Request) (*Reply, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	conn, err := net.DialTimeout("tcp", u.Host, patience)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, err
	}
	written := make(chan error, 1)
	go func() {
		_, err := conn.Write(r.wire(u.Host))
		written <- err
	}()
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: r.Method})
	if err != nil {
		return nil, fmt.Errorf("no reply to %s: %w", r, errors.Join(err, pending(written)))
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, fmt.Errorf("reply to %s broke off: %w", r, err)
	}
	return newReply(r, response.StatusCode, response.Header, body), nil
}

// pending is the error of the writer if it has failed already.
func pending(written <-chan error) error {
	select {
	case err := <-written:
		return err
	default:
		return nil
	}
}

// wire is the request as bytes.
func (r Request) wire(host string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\n", r.Method, r.Target)
	if r.value("Host") == "" {
		fmt.Fprintf(&b, "Host: %s\r\n", host)
	}
	b.WriteString("Connection: close\r\n")
	for _, f := range r.Header {
		fmt.Fprintf(&b, "%s: %s\r\n", f.Name, f.Value)
	}
	switch {
	case r.Chunked:
		b.WriteString("Transfer-Encoding: chunked\r\n\r\n")
		for rest := r.Body; rest != ""; {
			n := min(len(rest), 32<<10)
			fmt.Fprintf(&b, "%x\r\n%s\r\n", n, rest[:n])
			rest = rest[n:]
		}
		b.WriteString("0\r\n\r\n")
	case r.Body != "" || strings.Contains("POST PUT PATCH", r.Method):
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(r.Body), r.Body)
	default:
		b.WriteString("\r\n")
	}
	return b.Bytes()
}
