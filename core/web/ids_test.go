package web

import (
	"errors"
	"regexp"
	"testing"
	"testing/iotest"
)

func TestIDs(t *testing.T) {
	var c *Call
	f := serve(t, Options{}, route("GET", "/", func(call *Call) (any, error) { c = call; return 1, nil }))
	f.do("GET", "/", "")
	first := c
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for range 20 {
		id := c.NewID()
		if !form.MatchString(id) || seen[id] {
			t.Fatalf("id %q", id)
		}
		seen[id] = true
	}
	if op := c.Operation(); op != c.Operation() || !form.MatchString(op) || seen[op] {
		t.Errorf("operation %q, then %q", op, c.Operation())
	}
	event := c.StableID("event")
	if event != c.StableID("event") || event == c.StableID("lid") || !form.MatchString(event) {
		t.Errorf("stable ids %q, %q, %q", event, c.StableID("event"), c.StableID("lid"))
	}
	f.do("GET", "/", "")
	if c.Operation() == first.Operation() || c.StableID("event") == event {
		t.Error("two calls share their ids")
	}
}

func TestIDsNeedRandomness(t *testing.T) {
	f := serve(t, Options{Random: iotest.ErrReader(errors.New("secret detail"))},
		route("GET", "/", func(c *Call) (any, error) { return c.NewID(), nil }))
	w := f.do("GET", "/", "")
	wantFault(t, w, 500, "internal_error")
}
