package storage_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"tracedge/core/storage"
	"tracedge/core/storage/memory"
	"tracedge/core/storage/wire"
	"tracedge/core/trace"
)

// world is a back end, a clock that moves only when somebody waits, and the records that were logged.
type world struct {
	mu      sync.Mutex
	now     time.Time
	backend *memory.Store
	records []trace.Record
}

func newWorld() *world {
	w := &world{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	w.backend = memory.New(memory.Options{Clock: w.clock})
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

func (w *world) Log(r trace.Record) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.records = append(w.records, r)
}

// process is a store of its own over the world's back end, as one instance of the module has it. Its calls of the
// sequencer can be interfered with.
type process struct {
	*storage.Store
	world *world
	mu    sync.Mutex
	calls int
	// disturb is asked before each call of the sequencer with its number, from 1.
	disturb func(n int, commit bool) disturbance
}

type disturbance int

const (
	fine    disturbance = iota
	undone              // fails without having been applied
	unheard             // is applied and its answer lost
	busy                // refused for load
)

func (w *world) process() *process {
	p := &process{world: w}
	p.Store = storage.New(storage.Options{
		Sequencer: p, Edge: w.backend.Edge(), Logger: w, Clock: w.clock, Random: rand.Reader, Sealer: hexSealer{},
		Sleep: func(_ context.Context, d time.Duration) error { w.pass(d + time.Millisecond); return nil },
	})
	return p
}

func (p *process) next(commit bool) disturbance {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls++
	if p.disturb == nil {
		return fine
	}
	return p.disturb(p.calls, commit)
}

func (p *process) Read(ctx context.Context, r wire.ReadRequest) (wire.ReadReply, error) {
	switch p.next(false) {
	case undone, unheard:
		return wire.ReadReply{}, storage.ErrUnavailable
	case busy:
		return wire.ReadReply{}, storage.ErrOverloaded
	}
	return p.world.backend.Read(ctx, r)
}

func (p *process) Commit(ctx context.Context, r wire.CommitRequest) (wire.CommitReply, error) {
	switch p.next(true) {
	case undone:
		return wire.CommitReply{}, storage.ErrUnavailable
	case busy:
		return wire.CommitReply{}, storage.ErrOverloaded
	case unheard:
		if _, err := p.world.backend.Commit(ctx, r); err != nil {
			return wire.CommitReply{}, err
		}
		return wire.CommitReply{}, storage.ErrUnavailable
	}
	return p.world.backend.Commit(ctx, r)
}

// traced is a context with a span, as a request has it.
func (w *world) traced(t testing.TB) (context.Context, *trace.Span) {
	t.Helper()
	span := trace.Start(trace.Options{Clock: w.clock, Random: rand.Reader}, "POST", "")
	span.SetEndpoint("/test")
	return trace.With(t.Context(), span), span
}

// dump is everything that the back end holds of a partition.
func (w *world) dump(t testing.TB, p storage.Partition) map[string]string {
	t.Helper()
	reply, err := w.backend.Read(t.Context(), wire.ReadRequest{
		Partition: p.String(), Scans: []wire.Scan{{Prefix: p.String() + "/", Limit: 1000}},
	})
	if err != nil || !reply.OK {
		t.Fatalf("dump: %v %+v", err, reply)
	}
	out := make(map[string]string)
	for _, r := range reply.Scans[0].Records {
		out[r.Key] = r.Doc
	}
	return out
}

// hexSealer is an encryption that shows whether it was used.
type hexSealer struct{}

func (hexSealer) Seal(plain []byte, context string) (string, error) {
	return hex.EncodeToString(append([]byte(context+"|"), plain...)), nil
}

func (hexSealer) Open(sealed, context string) ([]byte, error) {
	b, err := hex.DecodeString(sealed)
	if err != nil {
		return nil, err
	}
	plain, ok := bytes.CutPrefix(b, []byte(context+"|"))
	if !ok {
		return nil, errOtherRecord
	}
	return plain, nil
}

type constError string

func (e constError) Error() string { return string(e) }

const errOtherRecord = constError("sealed for another record")

func mustJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
