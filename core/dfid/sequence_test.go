package dfid_test

import (
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tracedge/core/dfid"
	"tracedge/core/storage"
	"tracedge/core/storage/memory"
	"tracedge/core/storage/wire"
	"tracedge/core/trace"
)

// world is a back end whose answers get lost at times, and a clock that moves with each call.
type world struct {
	*memory.Store
	mu      sync.Mutex
	now     time.Time
	loses   float64 // share of commits that fail, half of them after they were applied
	commits int
}

func newWorld() *world {
	w := &world{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	w.Store = memory.New(memory.Options{Clock: w.clock})
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) Log(trace.Record) {}

func (w *world) Commit(ctx context.Context, r wire.CommitRequest) (wire.CommitReply, error) {
	w.mu.Lock()
	w.commits++
	lost, applied := mathrand.Float64() < w.loses, mathrand.IntN(2) == 0
	w.mu.Unlock()
	if !lost {
		return w.Store.Commit(ctx, r)
	}
	if applied {
		if reply, err := w.Store.Commit(ctx, r); err != nil {
			return reply, err
		}
	}
	return wire.CommitReply{}, storage.ErrTimeout
}

func (w *world) isolate(first int64) *dfid.Sequence {
	return dfid.NewSequence(storage.New(storage.Options{
		Sequencer: w, Edge: w.Edge(), Logger: w, Clock: w.clock, Random: rand.Reader,
		Sleep: func(_ context.Context, d time.Duration) error { w.pass(d); return nil },
	}), first)
}

func traced(t testing.TB) context.Context {
	span := trace.Start(trace.Options{Clock: time.Now, Random: rand.Reader}, "POST", "")
	span.SetEndpoint("/test")
	return trace.With(context.Background(), span)
}

func number(t testing.TB, id string) int64 {
	t.Helper()
	if !dfid.Valid(id) {
		t.Fatalf("%q is no id", id)
	}
	n, err := strconv.ParseInt(strings.Split(id, "-")[2], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestFirstNumbers(t *testing.T) {
	w := newWorld()
	ctx := traced(t)
	for _, step := range []struct {
		first, want int64
	}{{1000, 1000}, {1000, 1001}, {5000, 1002}, {1, 1003}} { // each by an isolate of its own
		id, err := w.isolate(step.first).Draw(ctx)
		if err != nil || number(t, id) != step.want {
			t.Errorf("with first %d drew %s, %v, want %d", step.first, id, err, step.want)
		}
	}
	if id, err := newWorld().isolate(1).Draw(ctx); err != nil || number(t, id) != 1 {
		t.Error(id, err)
	}
}

// TestNumbersAreUnique draws 20,000 numbers from isolates that run side by side, die with what they hold, and lose
// answers.
func TestNumbersAreUnique(t *testing.T) {
	const draws, abreast = 20000, 16
	w := newWorld()
	w.loses = 0.02
	seen := sync.Map{}
	var wg sync.WaitGroup
	for range abreast {
		wg.Go(func() {
			ctx, s := traced(t), w.isolate(100)
			for left := draws / abreast; left > 0; {
				if mathrand.IntN(50) == 0 {
					s = w.isolate(100) // the old one died
				}
				w.pass(time.Duration(mathrand.IntN(100)) * time.Millisecond)
				id, err := s.Draw(ctx)
				if err != nil {
					continue
				}
				left--
				if _, twice := seen.LoadOrStore(number(t, id), id); twice || number(t, id) < 100 {
					t.Errorf("%s a second time", id)
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%d numbers in %d commits", draws, w.commits)
}

// A rare draw takes one number, a busy instance takes blocks, and what it did not use is burnt when it pauses.
func TestBlocks(t *testing.T) {
	w := newWorld()
	ctx, s := traced(t), w.isolate(1)
	draw := func() int64 {
		id, err := s.Draw(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return number(t, id)
	}
	for want := int64(1); want <= 5; want++ {
		if got := draw(); got != want {
			t.Fatalf("rare draws leave gaps: %d, want %d", got, want)
		}
		w.pass(time.Minute)
	}
	before := w.commits
	for range 1000 {
		draw()
		w.pass(time.Millisecond)
	}
	if n := w.commits - before; n > 20 {
		t.Errorf("1000 quick draws took %d commits", n)
	}
	last := draw()
	w.pass(time.Minute)
	if next := draw(); next <= last {
		t.Errorf("%d after %d", next, last)
	}
	held := draw()
	other, err := w.isolate(1).Draw(ctx)
	if err != nil || number(t, other) <= held {
		t.Errorf("another isolate drew %s after %d, %v", other, held, err)
	}
}

// BenchmarkDraw is what a sequencer that takes a millisecond for each commit of its partition allows.
func BenchmarkDraw(b *testing.B) {
	for _, isolates := range []int{1, 4, 16} {
		b.Run(fmt.Sprintf("isolates=%d", isolates), func(b *testing.B) {
			one := &oneAtATime{Store: newWorld().Store}
			var wg sync.WaitGroup
			for i := range isolates {
				s := dfid.NewSequence(storage.New(storage.Options{
					Sequencer: one, Edge: one.Edge(), Logger: newWorld(), Clock: time.Now, Random: rand.Reader,
				}), 1)
				wg.Go(func() {
					ctx := traced(b)
					for n := i; n < b.N; n += isolates {
						if _, err := s.Draw(ctx); err != nil {
							b.Error(err)
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ids/s")
		})
	}
}

type oneAtATime struct {
	*memory.Store
	mu sync.Mutex
}

func (o *oneAtATime) Commit(ctx context.Context, r wire.CommitRequest) (wire.CommitReply, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	time.Sleep(time.Millisecond)
	return o.Store.Commit(ctx, r)
}
