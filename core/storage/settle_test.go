package storage_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"tracedge/core/after"
	"tracedge/core/storage"
	"tracedge/core/trace"
)

// Many who send rows from one partition at once do not wait for each other to settle them: each row is applied once and
// taken away, no update gives up, and the mark goes with the last of them or with the sweep.
func TestManySettleAtOnce(t *testing.T) {
	const many = 60
	w := newWorld()
	ctx, _ := w.traced(t)
	p := w.process()
	n := ledger.Key("applied")
	p.Handle("test_count_row", storage.Handler{Apply: func(tx *storage.Tx, _ storage.Row) error {
		return tx.Add(n, 1, storage.Bounds{}, nil)
	}})
	var wg sync.WaitGroup
	errs := make([]error, many)
	for i := range errs {
		wg.Go(func() {
			errs[i] = p.Update(ctx, "test_send_row", account("u1"), func(tx *storage.Tx) error {
				return tx.Send("test_count_row", ledger, i)
			})
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range w.records {
		if _, failed := r.(trace.StorageError); failed {
			t.Fatalf("%+v", r)
		}
	}
	for k := range w.dump(t, account("u1")) {
		if strings.Contains(k, "/outbox/") {
			t.Fatal("a row is left: " + k)
		}
	}
	if got := w.dump(t, ledger)[string(n)]; got != "60" {
		t.Fatalf("%s rows were applied", got)
	}
	w.pass(2 * time.Minute)
	if _, err := p.Sweep(ctx, 10); err != nil {
		t.Fatal(err)
	}
	w.owesNothing(t, account("u1"))
}

// A settler that others disturb at every commit does not run until its time is used up.
func TestSettleAmongOthers(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	p, other := w.process(), w.process()
	count := storage.Handler{Apply: func(tx *storage.Tx, _ storage.Row) error {
		return tx.Add(ledger.Key("applied"), 1, storage.Bounds{}, nil)
	}}
	p.Handle("test_count_row", count)
	other.Handle("test_count_row", count)
	send := func(ctx context.Context, s *process) error {
		return s.Update(ctx, "test_send_row", account("u1"), func(tx *storage.Tx) error { return tx.Send("test_count_row", ledger, nil) })
	}
	var later after.Group // what the others leave for later: to settle their rows
	p.disturb = func(_ int, commit bool) disturbance {
		if commit {
			if err := send(after.With(ctx, &later), other); err != nil {
				t.Error(err)
			}
		}
		return fine
	}
	if err := send(ctx, p); err != nil {
		t.Fatal(err)
	}
	p.disturb = nil
	for _, r := range w.records {
		if _, failed := r.(trace.StorageError); failed {
			t.Fatalf("%+v", r)
		}
	}
	later.Run(func(_ context.Context, name string, err error) { t.Error(name, err) })
	w.pass(2 * time.Minute)
	if _, err := p.Sweep(ctx, 10); err != nil {
		t.Fatal(err)
	}
	w.owesNothing(t, account("u1"))
}
