package web

import (
	"slices"
	"testing"
	"time"

	"tracedge/core/trace"
)

func TestCall(t *testing.T) {
	r := route("PUT", "/a/:x/b", func(c *Call) (any, error) {
		if c.Path("x") != "1/2" || c.Path("none") != "" {
			t.Errorf("path %q and %q", c.Path("x"), c.Path("none"))
		}
		if got := c.Segments(); !slices.Equal(got, []string{"a", "1/2", "b"}) {
			t.Errorf("segments %q", got)
		}
		if got := c.Now(); got.Location() != time.UTC || !got.Equal(noon.Truncate(time.Millisecond)) {
			t.Errorf("now %s", got)
		}
		if c.Route().Pattern != "/a/:x/b" || c.Request().Header.Get("X-A") != "1" || c.Caller() != nil || c.Idempotency() != nil {
			t.Errorf("call %+v", c)
		}
		if span := trace.FromContext(c.Context()); span == nil || span.Endpoint() != "/a/:x/b" || span.Method != "PUT" {
			t.Errorf("span %+v", span)
		}
		return 1, nil
	})
	f := serve(t, Options{}, r)
	if w := f.do("PUT", "/a/1%2F2/b?q", "", "X-A", "1"); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
