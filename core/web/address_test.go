package web

import (
	"net/http/httptest"
	"testing"

	"tracedge/core/platform"
)

func TestAddress(t *testing.T) {
	trusted, err := ParseProxies("10.0.0.0/8, 192.0.2.1 2001:db8::/32")
	if err != nil {
		t.Fatal(err)
	}
	f := serve(t, Options{TrustedProxies: trusted}, route("GET", "/", func(c *Call) (any, error) { return c.Address(), nil }))
	for _, tc := range []struct {
		name, platform, remote string
		headers                []string
		want                   string
	}{
		{"platform", "203.0.113.7", "127.0.0.1:1", nil, "203.0.113.7"},
		{"connection", "", "203.0.113.8:4711", nil, "203.0.113.8"},
		{"IPv6 shortest", "2001:0DB9::0001", "", nil, "2001:db9::1"},
		{"IPv6 connection", "", "[2001:db9::2%eth0]:80", nil, "2001:db9::2"},
		{"IPv4 in IPv6", "::ffff:203.0.113.9", "", nil, "203.0.113.9"},
		{"unknown", "", "@", nil, ""},
		{"header of a stranger", "203.0.113.7", "", []string{"X-Forwarded-For", "198.51.100.1", "X-Real-IP", "198.51.100.2"}, "203.0.113.7"},
		{"one proxy", "10.1.1.1", "", []string{"X-Forwarded-For", "198.51.100.1"}, "198.51.100.1"},
		{"forged start", "10.1.1.1", "", []string{"X-Forwarded-For", "1.1.1.1, 198.51.100.1"}, "198.51.100.1"},
		{"chain", "10.1.1.1", "", []string{"X-Forwarded-For", "1.1.1.1, 198.51.100.1, 192.0.2.1"}, "198.51.100.1"},
		{"two headers", "10.1.1.1", "", []string{"X-Forwarded-For", "198.51.100.1", "X-Forwarded-For", "10.2.2.2"}, "198.51.100.1"},
		{"all trusted", "10.1.1.1", "", []string{"X-Forwarded-For", "10.3.3.3, 10.2.2.2"}, "10.3.3.3"},
		{"with port", "10.1.1.1", "", []string{"X-Forwarded-For", "198.51.100.1:555"}, "198.51.100.1"},
		{"IPv6 proxy", "2001:db8::5", "", []string{"X-Forwarded-For", "[2001:db9::3]:80"}, "2001:db9::3"},
		{"garbage stops", "10.1.1.1", "", []string{"X-Forwarded-For", "198.51.100.1, junk, 10.2.2.2"}, "10.2.2.2"},
		{"empty header", "10.1.1.1", "", []string{"X-Forwarded-For", ""}, "10.1.1.1"},
		{"real ip", "192.0.2.1", "", []string{"X-Real-IP", "198.51.100.4"}, "198.51.100.4"},
		{"bad real ip", "192.0.2.1", "", []string{"X-Real-IP", "no"}, "192.0.2.1"},
		{"both headers", "192.0.2.1", "", []string{"X-Real-IP", "198.51.100.4", "X-Forwarded-For", "198.51.100.5"}, "198.51.100.5"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := request("GET", "/", "", tc.headers...)
			r.RemoteAddr = tc.remote
			w := httptest.NewRecorder()
			f.ServeHTTP(w, r.WithContext(platform.With(r.Context(), platform.Info{Address: tc.platform})))
			if got := w.Body.String(); got != `"`+tc.want+`"` {
				t.Errorf("address %s, want %q", got, tc.want)
			}
		})
	}
}

func TestParseProxies(t *testing.T) {
	for _, bad := range []string{"10.0.0.0/33", "proxy", "10.0.0.1/"} {
		if _, err := ParseProxies("192.0.2.1," + bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	if got, err := ParseProxies(" ,\n"); err != nil || len(got) != 0 {
		t.Errorf("nothing gives %v, %v", got, err)
	}
}
