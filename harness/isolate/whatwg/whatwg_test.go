package whatwg

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

func TestParseURL(t *testing.T) {
	for _, tt := range []struct{ in, base, want string }{
		{"https://example.com", "", "https://example.com/"},
		{"  HTTPS://Example.COM:443/a/../b/./c?x=1#y ", "", "https://example.com/b/c?x=1#y"},
		{"http://user:p%40ss@host:8080/?q", "", "http://user:p%40ss@host:8080/?q"},
		{"http://a@b@c/", "", "http://a%40b@c/"},
		{`http:\\host\path\x?a\b`, "", `http://host/path/x?a\b`},
		{"http:////host/x", "", "http://host/x"},
		{"http:/host/x", "", "http://host/x"},
		{"http://host/a b<>\"{}`?a b'\"#a b`", "", "http://host/a%20b%3C%3E%22%7B%7D%60?a%20b%27%22#a%20b%60"},
		{"http://host/ü?ü#ü", "", "http://host/%C3%BC?%C3%BC#%C3%BC"},
		{"http://host/%7Efoo/%2e%2E/%2e", "", "http://host/"},
		{"http://host/a/b/..", "", "http://host/a/"},
		{"http://192.168.257/", "", "http://192.168.1.1/"},
		{"http://0x7F.1/", "", "http://127.0.0.1/"},
		{"http://010.0.0.1/", "", "http://8.0.0.1/"},
		{"http://[2001:DB8::0:1]:80/", "", "http://[2001:db8::1]/"},
		{"http://[::ffff:1.2.3.4]/", "", "http://[::ffff:102:304]/"},
		{"http://ex%61mple.com/", "", "http://example.com/"},
		{"http://host:/x", "", "http://host/x"},
		{"ht\ntp://ho\tst/", "", "http://host/"},
		{"data:text/plain,hello world?x#y", "", "data:text/plain,hello world?x#y"},
		{"custom://host/a/../b", "", "custom://host/b"},
		{"custom:/a/..//b", "", "custom:/.//b"},
		{"file:///etc/passwd", "", "file:///etc/passwd"},
		{"", "http://host/a/b?q#f", "http://host/a/b?q"},
		{"?x", "http://host/a/b?q#f", "http://host/a/b?x"},
		{"#x", "http://host/a/b?q#f", "http://host/a/b?q#x"},
		{"c", "http://host/a/b?q#f", "http://host/a/c"},
		{"../c/", "http://host/a/b/d", "http://host/a/c/"},
		{"/c", "http://host/a/b", "http://host/c"},
		{"//other/c", "https://host/a/b", "https://other/c"},
		{"http:c", "http://host/a/b", "http://host/a/c"},
		{"https://x/y", "http://host/", "https://x/y"},
		{"#f", "mailto:a@b", "mailto:a@b#f"},
	} {
		var base *URL
		if tt.base != "" {
			var err error
			if base, err = ParseURL(tt.base, nil); err != nil {
				t.Fatal(err)
			}
		}
		u, err := ParseURL(tt.in, base)
		if err != nil {
			t.Errorf("ParseURL(%q, %q): %v", tt.in, tt.base, err)
			continue
		}
		if got := u.String(); got != tt.want {
			t.Errorf("ParseURL(%q, %q) = %q, want %q", tt.in, tt.base, got, tt.want)
		}
		if again, err := ParseURL(tt.want, nil); err != nil || again.String() != tt.want {
			t.Errorf("%q does not survive parsing: %v, %v", tt.want, again, err)
		}
	}
}

func TestParseURLFails(t *testing.T) {
	for _, in := range []string{
		"", "/relative", "example.com", "http://", "http://host:port/", "http://host:65536/", "http://host:-1/",
		"http://a b/", "http://a%00b/", "http://[::1/", "http://[1.2.3.4]/", "http://1.2.3.256/", "http://1.2.3.4.5/",
		"http://user@/", "http://:80/", "http://a<b/", "1http://x/", "custom://a b/",
	} {
		if u, err := ParseURL(in, nil); err == nil {
			t.Errorf("ParseURL(%q) = %q, want an error", in, u)
		}
	}
	base, err := ParseURL("mailto:a@b", nil)
	if err != nil {
		t.Fatal(err)
	}
	if u, err := ParseURL("x", base); err == nil {
		t.Errorf("relative to an opaque path: %q", u)
	}
	if _, err := ParseURL("http://bücher.example/", nil); !errors.Is(err, ErrNotEmulated) {
		t.Errorf("an internationalized name: %v", err)
	}
}

func TestOrigin(t *testing.T) {
	for in, want := range map[string]string{
		"https://user@host:8443/x": "https://host:8443", "custom://host/": "null", "file:///x": "null",
	} {
		u, err := ParseURL(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := u.Origin(); got != want {
			t.Errorf("origin of %q is %q, want %q", in, got, want)
		}
	}
}

func TestForm(t *testing.T) {
	const in = "a=1&b=x+y%2Bz&&c&=d&e=%C3%BC%E2%82&%=1"
	pairs := ParseForm(in)
	want := []Pair{{"a", "1"}, {"b", "x y+z"}, {"c", ""}, {"", "d"}, {"e", "ü\uFFFD"}, {"%", "1"}}
	if !slices.Equal(pairs, want) {
		t.Errorf("ParseForm = %q, want %q", pairs, want)
	}
	if got := EncodeForm(pairs); got != "a=1&b=x+y%2Bz&c=&=d&e=%C3%BC%EF%BF%BD&%25=1" {
		t.Errorf("EncodeForm = %q", got)
	}
}

func TestHeaders(t *testing.T) {
	var h Headers
	for _, p := range []Pair{{"b", "1"}, {"set-cookie", "x=1"}, {"a", "2"}, {"b", "3"}, {"set-cookie", "y=2"}} {
		h.Append(p.Name, p.Value)
	}
	if got, want := fmt.Sprint(h.Sorted()), "[{a 2} {b 1, 3} {set-cookie x=1} {set-cookie y=2}]"; got != want {
		t.Errorf("Sorted = %s, want %s", got, want)
	}
	if v, ok := h.Get("b"); v != "1, 3" || !ok {
		t.Errorf("Get(b) = %q, %v", v, ok)
	}
	h.Set("b", "4")
	h.Delete("a")
	if got, want := fmt.Sprint(h.Pairs()), "[{b 4} {set-cookie x=1} {set-cookie y=2}]"; got != want {
		t.Errorf("Pairs = %s, want %s", got, want)
	}
	if h.Has("a") || !h.Has("b") {
		t.Error("Has is wrong")
	}
	for _, name := range []string{"", "a b", "a:", "ü", "a\n"} {
		if _, err := HeaderName(name); err == nil {
			t.Errorf("name %q was accepted", name)
		}
	}
	if v, err := HeaderValue(" \t x\t y \r\n"); v != "x\t y" || err != nil {
		t.Errorf("HeaderValue = %q, %v", v, err)
	}
	if _, err := HeaderValue("a\r\nb: c"); err == nil {
		t.Error("a value with a line break was accepted")
	}
}

func TestDecodeBase64(t *testing.T) {
	for in, want := range map[string]string{"": "", "aGk=": "hi", "aGk": "hi", " a G\nk = ": "hi", "YQ==": "a", "YQ": "a"} {
		if got, err := DecodeBase64(in); err != nil || string(got) != want {
			t.Errorf("DecodeBase64(%q) = %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"a", "aGk==", "=", "aG-k", "YQ=", "a=Gk"} {
		if got, err := DecodeBase64(in); err == nil {
			t.Errorf("DecodeBase64(%q) = %q, want an error", in, got)
		}
	}
}
