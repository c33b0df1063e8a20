package keys

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	randv2 "math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"tracedge/core/fault"
	"tracedge/core/storage"
	"tracedge/core/storage/memory"
	"tracedge/core/storage/wire"
	"tracedge/core/trace"
)

// lab is a service over a back end in memory whose clock is set by hand.
type lab struct {
	*Service
	mu      sync.Mutex
	now     time.Time
	backend *memory.Store
	calls   int // of the sequencer
	before  func(wire.CommitRequest)
}

func newLab() *lab {
	l := &lab{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	l.backend = memory.New(memory.Options{Clock: l.clock})
	l.Service = &Service{store: storage.New(storage.Options{
		Sequencer: l, Edge: l.backend.Edge(), Logger: trace.LoggerFunc(func(trace.Record) {}), Clock: l.clock, Random: rand.Reader,
	})}
	return l
}

func (l *lab) clock() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

func (l *lab) Read(ctx context.Context, r wire.ReadRequest) (wire.ReadReply, error) {
	l.mu.Lock()
	l.calls++
	l.mu.Unlock()
	return l.backend.Read(ctx, r)
}

func (l *lab) Commit(ctx context.Context, r wire.CommitRequest) (wire.CommitReply, error) {
	l.mu.Lock()
	l.calls++
	l.mu.Unlock()
	if l.before != nil {
		l.before(r)
	}
	return l.backend.Commit(ctx, r)
}

func (l *lab) context(t testing.TB) context.Context {
	return trace.With(t.Context(), trace.Start(trace.Options{Clock: l.clock, Random: rand.Reader}, "GET", ""))
}

// request finds the key as a request does and takes its quota. It returns the 429, nil when it was admitted.
func (l *lab) request(t testing.TB, hash string, limit int64) *fault.Error {
	t.Helper()
	g, now := l.find(t, hash, limit), l.clock()
	err := l.take(l.context(t), g, now)
	var f *fault.Error
	if err != nil && (!errors.As(err, &f) || f.Status != http.StatusTooManyRequests) {
		t.Fatal(err)
	}
	return f
}

func (l *lab) find(t testing.TB, hash string, limit int64) *Grant {
	t.Helper()
	w := window{Partition(hash)}
	snapshot, err := l.store.Read(l.context(t), "test_read_quota", w.partition, w.total(), w.hint())
	if err != nil {
		t.Fatal(err)
	}
	k, err := w.known(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	return &Grant{&found{Key: Key{Hash: hash, RateLimit: limit}, quota: k}}
}

// TestWindowIsExact compares the window with a list of all admissions, over random waits and changes of the limit.
func TestWindowIsExact(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) { compare(t, seed) })
	}
}

func compare(t *testing.T, seed uint64) {
	l, r := newLab(), randv2.New(randv2.NewPCG(seed, 1))
	var model []time.Time
	limit := int64(1 + r.IntN(12))
	refused, admitted := 0, 0
	for step := range 1500 {
		l.now = l.now.Add(wait(r, l.now, model))
		if r.IntN(40) == 0 {
			limit = int64(1 + r.IntN(12))
		}
		inside := model[len(model):]
		for i, at := range model {
			if at.After(l.now.Add(-time.Hour)) {
				inside = model[i:]
				break
			}
		}
		f := l.request(t, "h", limit)
		full := int64(len(inside)) >= limit
		if full != (f != nil) {
			t.Fatalf("step %d at %s: %d in the window, limit %d: %v", step, l.now, len(inside), limit, f)
		}
		if f == nil {
			admitted++
			model = append(model, l.now)
			if r.IntN(20) == 0 { // the account's quota refuses it
				l.giveBack(l.context(t), l.find(t, "h", limit), l.now)
				model = model[:len(model)-1]
			}
			continue
		}
		refused++
		// The next one can come in when so many have left that there is room.
		free := inside[int64(len(inside))-limit].Add(time.Hour)
		if got := f.Extra["reset_at"]; got != free.Format("2006-01-02T15:04:05.000Z") {
			t.Fatalf("step %d: reset_at is %v, want %s", step, got, free)
		}
	}
	if refused < 100 || admitted < 100 {
		t.Fatalf("%d refused, %d admitted: the test tests too little", refused, admitted)
	}
}

// wait draws how long the next request waits: often until just around the moment when an admission leaves the window.
func wait(r *randv2.Rand, now time.Time, model []time.Time) time.Duration {
	switch r.IntN(5) {
	case 0:
		return 0
	case 1:
		return time.Duration(r.IntN(5000)) * time.Millisecond
	case 2:
		return time.Duration(r.IntN(600)) * time.Second
	case 3:
		if r.IntN(30) == 0 {
			return time.Duration(r.IntN(3)) * time.Hour
		}
	}
	for _, at := range model {
		if leaves := at.Add(time.Hour); leaves.After(now) {
			return max(0, leaves.Sub(now)+time.Duration(r.IntN(3)-1)*time.Millisecond)
		}
	}
	return time.Millisecond
}

// TestWindowHoldsUnderConcurrency sends requests at once; each limit is met exactly, with nobody waiting for another.
func TestWindowHoldsUnderConcurrency(t *testing.T) {
	l := newLab()
	for round, limit := range []int64{50, 50, 80, 100} {
		var wg sync.WaitGroup
		var mu sync.Mutex
		admitted := 0
		for range 100 {
			wg.Go(func() {
				if l.request(t, "h", limit) == nil {
					mu.Lock()
					defer mu.Unlock()
					admitted++
				}
			})
		}
		wg.Wait()
		if want := []int{50, 0, 30, 20}[round]; admitted != want {
			t.Fatalf("round %d: %d of 100 admitted under a limit of %d, want %d", round, admitted, limit, want)
		}
	}
}

// A window that was counted anew has room for one; who finds it taken at the commit is refused.
func TestRenewedBoundIsDecidedByTheCommit(t *testing.T) {
	l := newLab()
	l.request(t, "h", 1)
	l.now = l.now.Add(windowLength)
	l.before = func(r wire.CommitRequest) {
		if l.before = nil; l.request(t, "h", 1) != nil {
			t.Error("the other request was refused")
		}
	}
	if l.request(t, "h", 1) == nil {
		t.Fatal("both were admitted")
	}
}

// What is taken back makes room, also when somebody has found the window full meanwhile.
func TestTakenBackMakesRoom(t *testing.T) {
	l := newLab()
	at := l.clock()
	if l.request(t, "h", 1) != nil || l.request(t, "h", 1) == nil || l.request(t, "h", 1) == nil {
		t.Fatal("the limit is 1")
	}
	l.giveBack(l.context(t), l.find(t, "h", 1), at)
	if f := l.request(t, "h", 1); f != nil {
		t.Fatal(f)
	}
}

// A request costs one commit; one beyond the limit costs a count once, and then nothing but finding the key.
func TestCallsOfTheSequencer(t *testing.T) {
	l := newLab()
	var calls []int
	for range 8 {
		l.now = l.now.Add(time.Second)
		before := l.calls
		l.request(t, "h", 5)
		calls = append(calls, l.calls-before-1) // without the read that finds
	}
	// The sixth counts: the numbers, the moments of the oldest, and what it keeps of it.
	if want := []int{1, 1, 1, 1, 1, 3, 0, 0}; !slices.Equal(calls, want) {
		t.Errorf("calls %v, want %v", calls, want)
	}
	l.now = l.now.Add(windowLength + bucketLength)
	before := l.calls
	l.request(t, "h", 5)
	if got := l.calls - before - 1; got != 2 {
		t.Errorf("the first after an hour: %d calls, want 2", got)
	}
}

// Records stay small, and nothing but the total and the hint stays when the window is over.
func TestWindowLeavesNothing(t *testing.T) {
	l := newLab()
	for range 300 {
		l.now = l.now.Add(time.Millisecond)
		l.request(t, "h", 200)
	}
	for key, doc := range l.dump(t) {
		if len(doc) > 200 {
			t.Errorf("%s has %d bytes", key, len(doc))
		}
	}
	l.now = l.now.Add(windowLength + slack + bucketLength)
	w := window{Partition("h")}
	for key := range l.dump(t) {
		if k := storage.Key(key); k != w.total() && k != w.hint() && k != usedKey(w.partition) {
			t.Errorf("%s is still there", key)
		}
	}
}

func (l *lab) dump(t testing.TB) map[string]string {
	t.Helper()
	p := Partition("h").String()
	reply, err := l.backend.Read(t.Context(), wire.ReadRequest{Partition: p, Scans: []wire.Scan{{Prefix: p + "/", Limit: 1000}}})
	if err != nil || !reply.OK {
		t.Fatal(err, reply)
	}
	out := make(map[string]string)
	for _, r := range reply.Scans[0].Records {
		out[r.Key] = r.Doc
	}
	return out
}
