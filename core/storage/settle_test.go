package storage_test

import (
	"strings"
	"sync"
	"testing"
	"time"

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
