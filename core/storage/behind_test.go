package storage_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"tracedge/core/storage"
)

// A row behind another is delivered after it, and waits while it cannot be delivered, for the sweep too.
func TestRowsBehindOthers(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	p := w.process()
	var mu sync.Mutex
	var order []string
	down := true
	p.Handle("test_apply_front", storage.Handler{Apply: func(tx *storage.Tx, _ storage.Row) error {
		if down {
			return errOtherRecord
		}
		return tx.Put(ledger.Key("front"), true)
	}})
	p.Handle("test_apply_behind", storage.Handler{Apply: func(tx *storage.Tx, _ storage.Row) error {
		mu.Lock()
		defer mu.Unlock()
		if _, ok := w.dump(t, ledger)["ledger/1/front"]; !ok {
			order = append(order, "too early")
		}
		order = append(order, "behind")
		return tx.Put(box.Key("behind"), true)
	}})
	if err := p.Update(ctx, "test_send_rows", account("u1"), func(tx *storage.Tx) error {
		tx.Send("test_apply_behind", box, nil, storage.Behind(), storage.Now())
		return tx.Send("test_apply_front", ledger, nil, storage.Now())
	}); err != nil {
		t.Fatal(err)
	}
	for n := range 6 {
		if down = n < 3; len(order) > 0 && n <= 3 {
			t.Fatal(order)
		}
		w.pass(20 * time.Minute)
		if _, err := p.Sweep(ctx, 10); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(order, []string{"behind"}) {
		t.Fatal(order)
	}
	w.owesNothing(t, account("u1"))
}

// What happened beside a reservation is undone when it lapses, once, and stands when its operation has decided.
func TestLapse(t *testing.T) {
	for _, decides := range []bool{true, false} {
		w := newWorld()
		ctx, _ := w.traced(t)
		p := w.process()
		p.HandleLapse("test", func(tx *storage.Tx, c storage.Claim) error {
			return tx.Put(box.Key("undone", c.Op), tx.Now())
		})
		p.Handle("test_spend_claim", storage.Handler{Claims: true, Apply: func(tx *storage.Tx, r storage.Row) error {
			return tx.Spend("test~"+r.Op, r.Op)
		}})
		op := p.Begin(account("u1"))
		if err := op.ClaimIf(ctx, "test_claim_name", box, "test~"+op.ID, nil, func(tx *storage.Tx) error {
			return tx.Put(box.Key("done", op.ID), true)
		}); err != nil {
			t.Fatal(err)
		}
		if decides {
			if err := op.Decide(ctx, "test_decide_once", func(tx *storage.Tx) error {
				return tx.Send("test_spend_claim", box, nil)
			}); err != nil {
				t.Fatal(err)
			}
		}
		for range 4 {
			w.pass(2 * time.Minute)
			if _, err := p.Sweep(ctx, 10); err != nil {
				t.Fatal(err)
			}
		}
		got := w.dump(t, box)
		if _, undone := got["box/1/undone/"+op.ID]; undone == decides {
			t.Errorf("decides %t: %v", decides, got)
		}
		w.owesNothing(t, box)
	}
}
