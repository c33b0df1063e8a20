package server

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// edgeRequest returns r as a worker sees it: with an absolute URL, the Host
// header that net/http takes away, and the address of the connection in
// CF-Connecting-IP. Headers of that family that a client sends are dropped, or
// anybody could claim any address.
func edgeRequest(r *http.Request) *http.Request {
	out := r.Clone(r.Context())
	out.URL.Scheme = "http"
	if r.TLS != nil {
		out.URL.Scheme = "https"
	}
	out.Host = r.Host
	if out.Host == "" { // HTTP/1.0
		if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
			out.Host = local.String()
		}
	}
	out.URL.Host = out.Host
	for name := range out.Header {
		if strings.HasPrefix(name, "Cf-") || name == "True-Client-Ip" {
			delete(out.Header, name)
		}
	}
	dropHopByHop(out.Header)
	out.Header.Set("Host", out.Host)
	if address := peerAddress(r.RemoteAddr); address != "" {
		out.Header.Set("Cf-Connecting-Ip", address)
	}
	return out
}

// peerAddress returns the address in "host:port" without its zone; "" when there
// is none.
func peerAddress(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return ""
	}
	host, _, _ = strings.Cut(host, "%")
	return host
}

// copyHeader adds the end-to-end fields of a response to dst.
func copyHeader(dst, src http.Header) {
	for name, values := range src {
		dst[name] = slices.Clone(values)
	}
	dropHopByHop(dst)
	dst.Del("Content-Length") // set from the length that the response has
	if _, ok := dst["Content-Type"]; !ok {
		dst["Content-Type"] = nil // else net/http would guess one
	}
}

// hopByHop are the fields that concern one connection only.
var hopByHop = []string{
	"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te",
	"Trailer", "Transfer-Encoding", "Upgrade",
}

// dropHopByHop removes the fields of one connection, with those that Connection
// names.
func dropHopByHop(h http.Header) {
	for _, value := range h["Connection"] {
		for name := range strings.SplitSeq(value, ",") {
			h.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range hopByHop {
		delete(h, name)
	}
}
