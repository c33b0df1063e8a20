package web

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"tracedge/core/fault"
	"tracedge/core/message"
)

// fakeKeys keeps idempotency keys in memory by the rules of the interface.
type fakeKeys struct {
	mu       sync.Mutex
	entries  map[string]*fakeKey
	released []error // causes
	stored   int
	broken   error // what Reserve fails with
}

type fakeKey struct {
	fingerprint, operation string
	response               *Rendered
	lapsed                 bool // the run that reserved it was interrupted
}

func newFakeKeys() *fakeKeys { return &fakeKeys{entries: map[string]*fakeKey{}} }

// take reserves a key for a request that never ends.
func (k *fakeKeys) take(user, key string) { k.entries[user+" "+key] = &fakeKey{fingerprint: "other"} }

func (k *fakeKeys) Reserve(_ context.Context, r KeyedRequest) (Outcome, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.broken != nil {
		return Outcome{}, k.broken
	}
	e := k.entries[r.UserID+" "+r.Key]
	switch {
	case e == nil:
		k.entries[r.UserID+" "+r.Key] = &fakeKey{fingerprint: r.Fingerprint, operation: r.Operation}
		return Outcome{State: Reserved, Operation: r.Operation}, nil
	case e.fingerprint == "other":
		return Outcome{State: InFlight}, nil
	case e.fingerprint != r.Fingerprint:
		return Outcome{State: Mismatched}, nil
	case e.response != nil:
		return Outcome{State: Replayable, Response: *e.response}, nil
	case e.lapsed:
		return Outcome{State: Reserved, Operation: e.operation, Resumed: true}, nil
	}
	return Outcome{State: InFlight}, nil
}

func (k *fakeKeys) keep(r *Reservation, response Rendered) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if e := k.entries[r.UserID+" "+r.Key]; e.response == nil {
		e.response = &response
	}
}

func (k *fakeKeys) Store(_ context.Context, r *Reservation, response Rendered) error {
	k.keep(r, response)
	k.stored++
	return nil
}

func (k *fakeKeys) Release(ctx context.Context, r *Reservation, cause error) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.released = append(k.released, cause)
	delete(k.entries, r.UserID+" "+r.Key)
	return ctx.Err()
}

// shop sells once per call and fails on demand.
type shop struct {
	sold  int
	keys  *fakeKeys
	calls []*Reservation
	ops   []string
}

func (s *shop) sell(c *Call) (any, error) {
	s.calls, s.ops = append(s.calls, c.Idempotency()), append(s.ops, c.Operation())
	req, err := Body[named](c)
	if err != nil {
		return nil, err
	}
	s.sold++
	switch req.Name {
	case "conflict":
		return nil, fault.Conflict("", "Sold out")
	case "panic":
		panic("x")
	case "empty":
		return Reply{Status: 204}, nil
	case "moved":
		return Reply{Status: 303}, nil
	case "unusable":
		return make(chan int), nil
	case "commit": // keeps the response with its change
		answer := Reply{Status: 201, Header: message.Header{{Name: "X-Own", Value: "1"}}, Body: s.sold}
		kept, err := c.Idempotency().Render(answer)
		if err != nil {
			return nil, err
		}
		if r := c.Idempotency(); r != nil {
			s.keys.keep(r, kept)
		}
		c.Idempotency().Settle()
		return answer, nil
	case "commit then fail":
		kept, _ := c.Idempotency().Render(s.sold)
		s.keys.keep(c.Idempotency(), kept)
		c.Idempotency().Settle()
		return nil, errors.New("after the change")
	}
	return map[string]int{"sold": s.sold}, nil
}

func newShop(t *testing.T) (*shop, *fixture) {
	s := &shop{keys: newFakeKeys()}
	sell := route("POST", "/sell", s.sell)
	sell.Class, sell.Aliases = User, []string{"/alias"}
	open, optional, put := sell, sell, sell
	open.Pattern, open.Class, open.Aliases = "/open", Public, nil
	optional.Pattern, optional.Class, optional.Aliases = "/optional", Optional, nil
	put.Method, put.Aliases = "PUT", nil
	return s, serve(t, Options{Idempotency: s.keys}, sell, open, optional, put)
}

func TestIdempotencyReplays(t *testing.T) {
	s, f := newShop(t)
	as := []string{"X-Test-Caller", "ann", "Idempotency-Key", "k~1"}
	first := f.post("/sell?x=1", `{"name":"a"}`, as...)
	again := f.post("/sell?x=1", `{"name":"a"}`, as...)
	if first.Code != 200 || first.Body.String() != `{"sold":1}` || first.Header().Get("Idempotency-Replayed") != "" {
		t.Errorf("first: %d %s %v", first.Code, first.Body, first.Header())
	}
	if again.Code != 200 || again.Body.String() != `{"sold":1}` || again.Header().Get("Idempotency-Replayed") != "true" ||
		again.Header().Get("Content-Type") != "application/json" || again.Header().Get("X-Trace-Id") == first.Header().Get("X-Trace-Id") {
		t.Errorf("again: %d %s %v", again.Code, again.Body, again.Header())
	}
	if s.sold != 1 {
		t.Errorf("sold %d times", s.sold)
	}
	if byKey := f.post("/sell?x=1", `{"name":"a"}`, "X-Test-Caller", "writer", "Idempotency-Key", "k~1"); byKey.Body.String() != `{"sold":1}` {
		t.Errorf("the same account by API key: %s", byKey.Body)
	}
	if other := f.post("/sell?x=1", `{"name":"a"}`, "X-Test-Caller", "bob", "Idempotency-Key", "k~1"); other.Body.String() != `{"sold":2}` {
		t.Errorf("another account: %s", other.Body)
	}
	if r := s.calls[0]; r.UserID != "user-ann" || r.Key != "k~1" || r.Operation != s.ops[0] || r.Resumed || len(r.Fingerprint) != 64 {
		t.Errorf("reservation %+v, operation %s", r, s.ops[0])
	}
}

func TestIdempotencyMismatch(t *testing.T) {
	s, f := newShop(t)
	as := []string{"X-Test-Caller", "ann", "Idempotency-Key", "k"}
	f.post("/sell?x=1", `{"name":"a"}`, as...)
	for _, tc := range [][2]string{
		{"/sell?x=2", `{"name":"a"}`}, {"/sell", `{"name":"a"}`}, {"/alias?x=1", `{"name":"a"}`}, {"/sell?x=1", `{"name":"b"}`}, {"/sell?x=1", `{"name": "a"}`},
	} {
		wantFault(t, f.post(tc[0], tc[1], as...), 422, fault.Validation)
	}
	if s.sold != 1 {
		t.Errorf("sold %d times", s.sold)
	}
}

func TestIdempotencyInFlight(t *testing.T) {
	s, f := newShop(t)
	s.keys.take("user-ann", "k")
	w := f.post("/sell", `{"name":"a"}`, "X-Test-Caller", "ann", "Idempotency-Key", "k")
	wantFault(t, w, 409, fault.Conflicting)
	if w.Header().Get("Retry-After") != "1" || s.sold != 0 {
		t.Errorf("Retry-After %q, sold %d", w.Header().Get("Retry-After"), s.sold)
	}
}

func TestIdempotencyHeader(t *testing.T) {
	s, f := newShop(t)
	for _, key := range []string{"", " ", "a b", "a\tb", "é", "a\x7f", strings.Repeat("k", 256)} {
		m := wantFault(t, f.post("/sell", `{"name":"a"}`, "X-Test-Caller", "ann", "Idempotency-Key", key), 400, fault.Validation)
		if m["field"] != "Idempotency-Key" {
			t.Errorf("%q: %v", key, m)
		}
	}
	wantFault(t, f.post("/sell", `{"name":"a"}`, "X-Test-Caller", "ann", "Idempotency-Key", "a", "Idempotency-Key", "a"), 400, fault.Validation)
	for _, key := range []string{"!", "~", strings.Repeat("k", 255)} {
		if w := f.post("/sell", `{"name":"a"}`, "X-Test-Caller", "ann", "Idempotency-Key", key); w.Code != 200 {
			t.Errorf("%q: %d", key, w.Code)
		}
	}
	before := len(s.keys.entries)
	for _, tc := range []struct{ method, target, caller string }{
		{"POST", "/open", ""}, {"POST", "/open", "ann"}, {"POST", "/optional", ""}, {"PUT", "/sell", "ann"},
	} {
		w := f.do(tc.method, tc.target, `{"name":"a"}`, "X-Test-Caller", tc.caller, "Idempotency-Key", "bad key", "Content-Type", "application/json")
		if w.Code != 200 || s.calls[len(s.calls)-1] != nil {
			t.Errorf("%+v: the header is heeded: %d", tc, w.Code)
		}
	}
	if len(s.keys.entries) != before {
		t.Error("a key was reserved for a request that ignores it")
	}
	if w := f.post("/optional", `{"name":"a"}`, "X-Test-Caller", "ann", "Idempotency-Key", "new"); w.Code != 200 || len(s.keys.entries) != before+1 {
		t.Errorf("optional with a caller: %d", w.Code)
	}
}

func TestIdempotencyFreesTheKey(t *testing.T) {
	for name, status := range map[string]int{"conflict": 409, "panic": 500, "unusable": 500, "moved": 303} {
		s, f := newShop(t)
		ctx, cancel := context.WithCancel(context.Background())
		r := request("POST", "/sell", `{"name":"`+name+`"}`, "X-Test-Caller", "ann", "Idempotency-Key", "k", "Content-Type", "application/json")
		cancel() // the client has gone: the key is freed all the same
		w := answer(f, r.WithContext(ctx))
		if w.Code != status || len(s.keys.entries) != 0 || len(s.keys.released) != 1 || s.keys.released[0] == nil {
			t.Errorf("%s: %d, entries %v, released %v", name, w.Code, s.keys.entries, s.keys.released)
		}
		if name == "conflict" && fault.KindOf(s.keys.released[0]) != fault.Conflicting {
			t.Errorf("cause %v", s.keys.released[0])
		}
	}
	s, f := newShop(t)
	wantFault(t, f.post("/sell", `{`, "X-Test-Caller", "ann", "Idempotency-Key", "k"), 400, fault.Validation)
	if w := f.post("/sell", `{"name":"a"}`, "X-Test-Caller", "ann", "Idempotency-Key", "k"); w.Code != 200 || s.sold != 1 {
		t.Errorf("the key is free for another request: %d", w.Code)
	}
}

func TestIdempotencyEmptyResponse(t *testing.T) {
	s, f := newShop(t)
	for i, replayed := range []string{"", "true"} {
		w := f.post("/sell", `{"name":"empty"}`, "X-Test-Caller", "ann", "Idempotency-Key", "k")
		if w.Code != 204 || w.Body.Len() != 0 || w.Header().Get("Content-Type") != "" || w.Header().Get("Idempotency-Replayed") != replayed {
			t.Errorf("%d: %d %q %v", i, w.Code, w.Body, w.Header())
		}
	}
	if s.sold != 1 {
		t.Errorf("sold %d times", s.sold)
	}
}

func TestIdempotencySettledByTheHandler(t *testing.T) {
	s, f := newShop(t)
	as := []string{"X-Test-Caller", "ann", "Idempotency-Key", "k"}
	first, again := f.post("/sell", `{"name":"commit"}`, as...), f.post("/sell", `{"name":"commit"}`, as...)
	if first.Code != 201 || first.Header().Get("X-Own") != "1" || again.Code != 201 || again.Body.String() != first.Body.String() || s.sold != 1 {
		t.Errorf("%d %s, then %d %s", first.Code, first.Body, again.Code, again.Body)
	}
	if s.keys.stored != 0 || !s.calls[0].Settled() {
		t.Errorf("stored %d more times", s.keys.stored)
	}
	if w := f.post("/sell", `{"name":"commit"}`, "X-Test-Caller", "ann"); w.Code != 201 {
		t.Errorf("without a key: %d %s", w.Code, w.Body)
	}
	wantFault(t, f.post("/sell", `{"name":"commit then fail"}`, "X-Test-Caller", "ann", "Idempotency-Key", "l"), 500, fault.Internal)
	if len(s.keys.released) != 0 {
		t.Error("a settled key was freed")
	}
}

func TestIdempotencyResumes(t *testing.T) {
	s, f := newShop(t)
	as := []string{"X-Test-Caller", "ann", "Idempotency-Key", "k"}
	f.post("/sell", `{"name":"a"}`, as...)
	e := s.keys.entries["user-ann k"]
	e.response, e.lapsed = nil, true
	if w := f.post("/sell", `{"name":"a"}`, as...); w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if s.ops[0] != s.ops[1] || !s.calls[1].Resumed || s.calls[1].Operation != s.ops[0] {
		t.Errorf("operations %v, reservation %+v", s.ops, s.calls[1])
	}
}

func TestIdempotencyReserveFails(t *testing.T) {
	s, f := newShop(t)
	s.keys.broken = fault.Unavailable(fault.LockTimeout, "Later")
	wantFault(t, f.post("/sell", `{"name":"a"}`, "X-Test-Caller", "ann", "Idempotency-Key", "k"), 503, fault.LockTimeout)
	if s.sold != 0 {
		t.Error("sold without the key")
	}
}

func TestIdempotencyWithoutAStore(t *testing.T) {
	s := &shop{keys: newFakeKeys()}
	r := route("POST", "/sell", s.sell)
	r.Class = User
	f := serve(t, Options{}, r)
	wantFault(t, f.post("/sell", `{"name":"a"}`, "X-Test-Caller", "ann", "Idempotency-Key", "a b"), 400, fault.Validation)
	if w := f.post("/sell", `{"name":"a"}`, "X-Test-Caller", "ann", "Idempotency-Key", "k"); w.Code != 200 || s.calls[0] != nil {
		t.Errorf("%d", w.Code)
	}
}
