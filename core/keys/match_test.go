package keys

import (
	"strings"
	"testing"
)

func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		entry, address string
		want           bool
	}{
		{"10.1.2.3", "10.1.2.3", true},
		{"10.1.2.3", "10.1.2.4", false},
		{"10.1.2.3", "::ffff:10.1.2.3", true},
		{"::ffff:10.1.2.3", "10.1.2.3", true},
		{"10.0.0.0/8", "10.255.0.1", true},
		{"10.9.9.9/8", "10.1.1.1", true}, // host bits do not narrow a range
		{"10.0.0.0/8", "11.0.0.1", false},
		{"::ffff:10.0.0.0/104", "10.7.7.7", true},
		{"0.0.0.0/0", "8.8.8.8", true},
		{"0.0.0.0/0", "2001:db8::1", false},
		{"::/0", "2001:db8::1", true},
		{"2001:db8::/32", "2001:db8:ffff::1", true},
		{"2001:db8::/32", "2001:db9::1", false},
		{"2001:DB8::1", "2001:db8:0:0::1", true},
		{"10.1.2.3", "", false},
		{"0.0.0.0/0", "unknown", false},
	} {
		k := Key{Addresses: []string{"192.0.2.1", c.entry}}
		if got := k.takesAddress(c.address); got != c.want {
			t.Errorf("%s by %s: %t", c.address, c.entry, got)
		}
	}
	if k := (Key{}); !k.takesAddress("") || !k.takesAddress("10.0.0.1") {
		t.Error("an empty list must allow everything")
	}
	for _, text := range []string{"", "10.1.2", "10.1.2.3/33", "10.1.2.3/-1", "10.1.2.3/", "::1%eth0", "fe80::%1/64", "host", "10.1.2.3:80", " 10.1.2.3", "1.2.3.04"} {
		if p, ok := parseAddresses(text); ok {
			t.Errorf("%q is taken for %s", text, p)
		}
	}
}

func TestEndpoints(t *testing.T) {
	for _, c := range []struct {
		entry, path string
		want        bool
	}{
		{"/api/items", "/api/items", true},
		{"/api/items", "/api/items/1", true},
		{"/api/items", "/api/items/1/events", true},
		{"/api/items", "/api/itemsx", false},
		{"/api/items", "/api/item", false},
		{"/api/items", "/api", false},
		{"/api/items", "/API/items", false},
		{"/api/items/:dfid", "/api/items", false},
		{"/api/items/:dfid", "/api/items/", false},
		{"/api/items/:dfid", "/api/items/x", true},
		{"/api/items/:dfid/events", "/api/items/x/events", true},
		{"/api/items/:dfid/events", "/api/items/x/y/events", false},
		{"/api/items/:dfid/events", "/api/items/x", false},
		{"/api/:a/:b", "/api/items/x", true},
		{"/api/items/", "/api/items", false},
		{"/api/items/", "/api/items/x", true},
		{"/", "/", true},
		{"/", "/api/items", true},
		{"/api/items/a%20b", "/api/items/a b", true},
		{"/api/items/%3Adfid", "/api/items/x", false},
		{"/api/items/%3Adfid", "/api/items/:dfid", true},
		{"/api/items/:", "/api/items/x", false},
		{"/api//items", "/api/items", false},
	} {
		k := Key{Endpoints: []string{"/never", c.entry}}
		if got := k.takesPath(strings.Split(c.path[1:], "/")); got != c.want {
			t.Errorf("%s by %s: %t", c.path, c.entry, got)
		}
	}
	if k := (Key{}); !k.takesPath([]string{"x"}) {
		t.Error("an empty list must allow everything")
	}
}
