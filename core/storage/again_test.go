package storage_test

import (
	"errors"
	"sync"
	"testing"

	"tracedge/core/fault"
	"tracedge/core/storage"
)

// Many prepare a change from what they saw and write it only if that still holds: every one of them counts.
func TestAgain(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	home := storage.In("shelf", "1")
	k := home.Key("n")
	const writers = 20
	var group sync.WaitGroup
	done := make(chan bool, writers)
	for range writers {
		group.Go(func() {
			p := w.process()
			err := p.Again(ctx, func() error {
				v, err := p.View(ctx, "test_view_count", home, []storage.Key{k})
				if err != nil {
					return err
				}
				var n int
				if _, err := v.Get(k, &n); err != nil {
					return err
				}
				prepared := n + 1
				return p.Update(ctx, "test_write_count", home, func(tx *storage.Tx) error {
					var now int
					if _, err := tx.Get(k, &now); err != nil {
						return err
					} else if now != n {
						return storage.ErrStale
					}
					return tx.Put(k, prepared)
				}, storage.Given(v, k))
			})
			if err != nil && fault.KindOf(err) != fault.LockTimeout {
				t.Error(err)
			}
			done <- err == nil
		})
	}
	group.Wait()
	close(done)
	want := 0
	for ok := range done {
		if ok {
			want++
		}
	}
	v, err := w.process().View(ctx, "test_view_count", home, []storage.Key{k})
	if err != nil {
		t.Fatal(err)
	}
	var got int
	if _, err := v.Get(k, &got); err != nil || got != want || want == 0 {
		t.Fatalf("%d of %d acknowledged, %v", got, want, err)
	}
}

func TestAgainGivesUp(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	runs := 0
	err := w.process().Again(ctx, func() error { runs++; return storage.ErrStale })
	if fault.KindOf(err) != fault.LockTimeout || runs < 2 {
		t.Fatalf("%d runs, %v", runs, err)
	}
	other := errors.New("no")
	if err := w.process().Again(ctx, func() error { return other }); err != other {
		t.Fatal(err)
	}
}

// Whoever repeats an interrupted request finds out whether it has decided, and has what it owes delivered.
func TestFinish(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	dying := w.process().withBoxes()
	op := dying.Begin(crate("b"))
	healthy := w.process().withBoxes()
	if decided, err := healthy.Finish(ctx, op.Home, op.ID); decided || err != nil {
		t.Fatal(decided, err)
	}
	if err := op.Claim(ctx, "test_claim_lid", crate("a"), storage.WorkClaim, nil); err != nil {
		t.Fatal(err)
	}
	dead := false
	dying.disturb = func(int, bool) disturbance {
		if dead {
			return undone
		}
		dead = true // the decision is the last that it does
		return unheard
	}
	_ = op.Decide(ctx, "test_take_lid", func(tx *storage.Tx) error {
		tx.Put(crate("b").Key("holds"), "a")
		return tx.Send("test_close_box", crate("a"), nil, storage.Now())
	})
	if decided, err := healthy.Decided(ctx, op.Home, op.ID); !decided || err != nil {
		t.Fatal(decided, err)
	}
	if _, there := w.dump(t, crate("a"))["box/a/inside"]; there {
		t.Fatal("delivered by a dead process")
	}
	if decided, err := healthy.Finish(ctx, op.Home, op.ID); !decided || err != nil {
		t.Fatal(decided, err)
	}
	if _, there := w.dump(t, crate("a"))["box/a/inside"]; !there {
		t.Fatalf("not delivered: %v", w.dump(t, crate("a")))
	}
	w.owesNothing(t, crate("a"))
	w.owesNothing(t, crate("b"))
}
