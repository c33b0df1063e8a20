package storage_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"tracedge/core/fault"
	"tracedge/core/storage"
)

func fill(t *testing.T, ctx context.Context, s *storage.Store, n int) {
	t.Helper()
	if err := s.Update(ctx, "test_fill_box", box, func(tx *storage.Tx) error {
		for i := range n {
			tx.Put(box.Key("row", fmt.Sprintf("%04d", i)), doc{i})
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestViewReadsKeysAndWholeRanges(t *testing.T) {
	w := newWorld()
	p := w.process()
	ctx, _ := w.traced(t)
	fill(t, ctx, p.Store, 2500)
	p.Update(ctx, "test_update_box", box, increment)
	v, err := p.View(ctx, "test_view_box", box, []storage.Key{box.Key("n")}, box.Prefix("row"), box.Prefix("none"))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(v.Range(box.Prefix("row"))); n != 2500 {
		t.Fatalf("%d records", n)
	}
	for _, k := range []storage.Key{box.Key("n"), box.Key("row", "2499")} {
		if ok, err := v.Get(k, &doc{}); !ok || err != nil {
			t.Fatal(k, ok, err)
		}
	}
	if ok, _ := v.Get(box.Key("row", "2500"), &doc{}); ok || len(v.Range(box.Prefix("none"))) != 0 {
		t.Fatal("there is something that nobody wrote")
	}
}

// Rows that were only observed are no conflict; the one that was got by its key is.
func TestObservedRowsCountWhenGot(t *testing.T) {
	for _, c := range []struct {
		changed string
		runs    int
	}{{"0001", 1}, {"0000", 2}, {"9999", 1}} {
		w := newWorld()
		p, rival := w.process(), w.process()
		ctx, _ := w.traced(t)
		fill(t, ctx, p.Store, 3)
		runs, seen := 0, 0
		err := p.Update(ctx, "test_update_box", box, func(tx *storage.Tx) error {
			if runs++; runs == 1 {
				rivalCtx, _ := w.traced(t)
				if err := rival.Update(rivalCtx, "test_update_rival", box, func(tx *storage.Tx) error {
					return tx.Put(box.Key("row", c.changed), doc{100})
				}); err != nil {
					return err
				}
			}
			seen = len(tx.Observed(box.Prefix("row")))
			var d doc
			if ok, err := tx.Get(box.Key("row", "0000"), &d); !ok || err != nil {
				t.Error(ok, err)
			}
			return tx.Put(box.Key("sum"), d)
		}, storage.Observing(box.Prefix("row")))
		if err != nil || runs != c.runs || seen < 3 {
			t.Errorf("%s: %v, ran %d times, saw %d", c.changed, err, runs, seen)
		}
	}
}

func TestAbsentObservedRowIsVerified(t *testing.T) {
	w := newWorld()
	p, rival := w.process(), w.process()
	ctx, _ := w.traced(t)
	runs := 0
	err := p.Update(ctx, "test_update_box", box, func(tx *storage.Tx) error {
		if runs++; runs == 1 {
			other, _ := w.traced(t)
			fill(t, other, rival.Store, 1)
		}
		if there, _ := tx.Exists(box.Key("row", "0000")); there {
			return fault.Conflict("", "taken")
		}
		return tx.Put(box.Key("row", "0000"), doc{7})
	}, storage.Observing(box.Prefix("row")))
	if fault.KindOf(err) != fault.Conflicting || runs != 2 {
		t.Fatal(err, runs)
	}
}

func TestClaimUnderACondition(t *testing.T) {
	w := newWorld()
	p := w.process()
	ctx, _ := w.traced(t)
	refusal := errors.New("no")
	op := p.Begin(account("u1"))
	test := func(*storage.Tx) error { return refusal }
	if err := op.ClaimIf(ctx, "test_claim_name", box, "x", 1, test); !errors.Is(err, refusal) {
		t.Fatal(err)
	}
	if found, _ := p.Store.Read(ctx, "test_read_box", box, storage.ClaimKey(box, "x")); claimed(found) {
		t.Fatal("claimed all the same")
	}
	refusal = nil
	if err := op.ClaimIf(ctx, "test_claim_name", box, "x", 1, test); err != nil {
		t.Fatal(err)
	}
	if found, _ := p.Store.Read(ctx, "test_read_box", box, storage.ClaimKey(box, "x")); !claimed(found) {
		t.Fatal("not claimed")
	}
}

func claimed(s storage.Snapshot) bool {
	_, ok := s.Record(storage.ClaimKey(box, "x"))
	return ok
}

// A claim that stands until the decision is spent by a row of it, and the decision is made once for an id.
func TestSpentClaimAndRepeatedDecision(t *testing.T) {
	w := newWorld()
	p := w.process()
	ctx, _ := w.traced(t)
	p.Handle("test_spend_claim", storage.Handler{Claims: true, Apply: func(tx *storage.Tx, r storage.Row) error {
		return tx.Spend("x", r.Op)
	}})
	decide := func() *storage.Operation {
		op := p.BeginAs(account("u1"), "6ba7b810-9dad-41d1-80b4-00c04fd430c8")
		if err := op.Claim(ctx, "test_claim_name", box, "x", 1); err != nil {
			t.Fatal(err)
		}
		if err := op.Decide(ctx, "test_decide_once", func(tx *storage.Tx) error {
			tx.Put(account("u1").Key("made"), true)
			return tx.Send("test_spend_claim", box, nil, storage.Now())
		}); err != nil {
			t.Fatal(err)
		}
		return op
	}
	if decide().Repeated || !decide().Repeated {
		t.Fatal("not decided once")
	}
	w.pass(2 * time.Minute)
	if _, err := p.Sweep(ctx, 10); err != nil {
		t.Fatal(err)
	}
	if found, _ := p.Store.Read(ctx, "test_read_box", box, storage.ClaimKey(box, "x")); claimed(found) {
		t.Fatal("the claim is still there")
	}
}

// A decision that writes nothing leaves the claims to be released.
func TestEmptyDecision(t *testing.T) {
	w := newWorld()
	p := w.process()
	ctx, _ := w.traced(t)
	op := p.Begin(account("u1"))
	if err := op.Claim(ctx, "test_claim_name", box, "x", 1); err != nil {
		t.Fatal(err)
	}
	if err := op.Decide(ctx, "test_decide_nothing", func(*storage.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if err := op.Release(ctx, "test_release_name"); err != nil {
		t.Fatal(err)
	}
	if found, _ := p.Store.Read(ctx, "test_read_box", box, storage.ClaimKey(box, "x")); claimed(found) {
		t.Fatal("the claim is still there")
	}
}
