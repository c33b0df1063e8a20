package message

import (
	"net/http"
	"slices"
	"testing"
)

func TestNamesOfFieldsHaveNoCase(t *testing.T) {
	h := Header{}
	h.Add("x-list", "a")
	h.Add("X-LIST", "b")
	h.Set("traceparent", "c")
	if got := h.Values("X-List"); !slices.Equal(got, []string{"a", "b"}) || h.Get("x-List") != "a" || h.Get("Traceparent") != "c" {
		t.Errorf("%v", h)
	}
	if h.Get("other") != "" || h.Values("other") != nil {
		t.Error("a field that is not there has a value")
	}
	c := h.Clone()
	c.Add("x-list", "c")
	if len(h.Values("x-list")) != 2 || Header(nil).Clone() != nil {
		t.Error("a copy is not one")
	}
}

// For names of fields the form is that of net/http.
func TestCanonicalNames(t *testing.T) {
	for _, name := range []string{"", "a", "content-type", "Content-Type", "CONTENT-LENGTH", "x--y", "-z", "x-api-key", "WWW-Authenticate", "etag1-a"} {
		if got, want := canonical(name), http.CanonicalHeaderKey(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}
