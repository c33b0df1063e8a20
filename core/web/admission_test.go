package web

import (
	"testing"

	"tracedge/core/fault"
)

func TestAdmission(t *testing.T) {
	const bound = 3
	inside, leave := make(chan struct{}), make(chan struct{})
	r := route("POST", "/login", func(*Call) (any, error) {
		inside <- struct{}{}
		<-leave
		return 1, nil
	})
	r.Concurrent, r.Aliases = bound, []string{"/alias"}
	f := serve(t, Options{}, r, route("GET", "/free", ok))
	done := make(chan int)
	enter := func(target string) { go func() { done <- f.do("POST", target, "").Code }() }
	for range bound {
		enter("/login")
		<-inside
	}
	for _, target := range []string{"/login", "/alias"} {
		w := f.do("POST", target, "")
		wantFault(t, w, 503, fault.Overloaded)
		if w.Header().Get("Retry-After") != "1" {
			t.Errorf("%s: Retry-After %q", target, w.Header().Get("Retry-After"))
		}
	}
	if w := f.do("GET", "/free", ""); w.Code != 200 {
		t.Errorf("another route: %d", w.Code)
	}
	leave <- struct{}{}
	if code := <-done; code != 200 {
		t.Errorf("an admitted call: %d", code)
	}
	enter("/alias") // a place is free again
	<-inside
	close(leave)
	for range bound {
		<-done
	}
}

func TestAdmissionAfterPanic(t *testing.T) {
	r := route("POST", "/", func(*Call) (any, error) { panic("x") })
	r.Concurrent = 1
	f := serve(t, Options{}, r)
	for range 3 {
		wantFault(t, f.do("POST", "/", ""), 500, fault.Internal)
	}
}
