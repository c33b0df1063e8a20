package web

import (
	"strings"
	"testing"

	"tracedge/core/fault"
)

func TestParseUUID(t *testing.T) {
	const want = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
	for _, text := range []string{
		want, strings.ToUpper(want), strings.ReplaceAll(want, "-", ""), "urn:uuid:" + want, "URN:UUID:" + strings.ToUpper(want),
		"{" + want + "}", "{0A1B2C3D-4e5f-6071-8293-A4B5C6D7E8F9}",
	} {
		if got, ok := ParseUUID(text); !ok || got != want {
			t.Errorf("%q: %q %v", text, got, ok)
		}
	}
	bare := strings.ReplaceAll(want, "-", "")
	for _, text := range []string{
		"", "x", want[1:], want + "0", "{" + bare + "}", "urn:uuid:" + bare, "urn:uuid:{" + want + "}", "{" + want, want + "}",
		"urn:" + want, bare[:31], bare[:31] + "g", bare + "0", " " + want, want[:8] + "+" + want[9:],
		strings.Replace(want, "0a1b2c3d-", "0a1b2c3-d", 1), "0a1b2c3d4e5f-6071-8293-a4b5c6d7e8f9-", bare[:30] + "\u212a",
	} {
		if got, ok := ParseUUID(text); ok {
			t.Errorf("%q is taken as %q", text, got)
		}
	}
}

func TestPathUUID(t *testing.T) {
	declared := route("GET", "/declared/:id", func(c *Call) (any, error) { return c.PathUUID("id") })
	declared.UUIDs = []string{"id"}
	f := serve(t, Options{}, declared,
		route("GET", "/asked/:id/:text", func(c *Call) (any, error) { return c.PathUUID("id") }))
	for _, prefix := range []string{"/declared/", "/asked/"} {
		suffix := map[string]string{"/asked/": "/x"}[prefix]
		w := f.do("GET", prefix+"%7B0A1B2C3D-4e5f-6071-8293-a4b5c6d7e8f9%7D"+suffix, "")
		if w.Body.String() != `"0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"` {
			t.Errorf("%s: %d %s", prefix, w.Code, w.Body)
		}
		if m := wantFault(t, f.do("GET", prefix+"me"+suffix, ""), 400, fault.Validation); m["field"] != "id" {
			t.Errorf("%s: field %v", prefix, m["field"])
		}
	}
}
