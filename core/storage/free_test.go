package storage_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"tracedge/core/after"
	"tracedge/core/fault"
	"tracedge/core/storage"
)

// The saga under test takes a box into another one: both are claimed, the outer one decides, the inner one is told.

func crate(id string) storage.Partition { return storage.In("box", id) }

func (p *process) withBoxes() *process {
	p.Handle("test_close_box", storage.Handler{Claims: true, Apply: func(tx *storage.Tx, r storage.Row) error {
		if err := tx.Spend(storage.WorkClaim, r.Op); err != nil {
			return err
		}
		return tx.Put(tx.Partition().Key("inside"), r.Op)
	}})
	return p
}

func (p *process) take(ctx context.Context, outer, inner storage.Partition) (err error) {
	var group after.Group
	ctx = after.With(ctx, &group)
	defer group.Run(func(context.Context, string, error) {})
	op := p.Begin(outer)
	defer func() {
		if err != nil {
			err = errors.Join(err, op.Release(ctx, "test_release_boxes"))
		}
	}()
	for _, b := range []storage.Partition{inner, outer} { // ascending
		if err := op.Claim(ctx, "test_claim_crate", b, storage.WorkClaim, nil); err != nil {
			return err
		}
	}
	return op.Decide(ctx, "test_take_box", func(tx *storage.Tx) error {
		tx.Put(outer.Key("holds"), inner.String())
		tx.Delete(storage.ClaimKey(outer, storage.WorkClaim))
		return tx.Send("test_close_box", inner, nil, storage.Now())
	}, storage.Free(storage.WorkClaim))
}

// write is another writer of a box; it tells what it found.
func (p *process) write(ctx context.Context, b storage.Partition) (inside, holds bool, err error) {
	err = p.Update(ctx, "test_write_box", b, func(tx *storage.Tx) error {
		inside, _ = tx.Exists(b.Key("inside"))
		holds, _ = tx.Exists(b.Key("holds"))
		return tx.Put(b.Key("written"), inside || holds)
	}, storage.Free(storage.WorkClaim))
	return inside, holds, err
}

func TestWritersWaitForWork(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	p := w.process().withBoxes()
	if err := p.take(ctx, crate("b"), crate("a")); err != nil {
		t.Fatal(err)
	}
	steps := p.calls
	t.Logf("%d calls in an undisturbed run", steps)
	for step := 1; step <= steps; step++ {
		for _, how := range []disturbance{undone, unheard} {
			t.Run(fmt.Sprintf("step=%d/how=%d", step, how), func(t *testing.T) {
				w := newWorld()
				ctx, _ := w.traced(t)
				dying := w.process().withBoxes()
				dying.disturb = func(n int, _ bool) disturbance {
					switch {
					case n < step:
						return fine
					case n == step:
						return how
					default:
						return undone
					}
				}
				taken := dying.take(ctx, crate("b"), crate("a")) == nil

				// At once: a writer waits, and then finds the end of it or gives up; it never sees half of it.
				healthy := w.process().withBoxes()
				inside, _, err := healthy.write(ctx, crate("a"))
				_, holds, outerErr := healthy.write(ctx, crate("b"))
				if err == nil && outerErr == nil && inside != holds {
					t.Fatalf("inside %t, holds %t", inside, holds)
				}
				for _, err := range []error{err, outerErr} {
					if err != nil && fault.KindOf(err) != fault.LockTimeout {
						t.Fatal(err)
					}
				}
				// Later nobody waits any more.
				w.pass(2 * time.Minute)
				inside, _, err = healthy.write(ctx, crate("a"))
				_, holds, outerErr = healthy.write(ctx, crate("b"))
				if err != nil || outerErr != nil || inside != holds || taken && !inside {
					t.Fatalf("inside %t, holds %t, acknowledged %t: %v, %v", inside, holds, taken, err, outerErr)
				}
				for range 3 {
					w.pass(2 * time.Minute)
					if _, err := healthy.Sweep(ctx, 10); err != nil {
						t.Fatal(err)
					}
				}
				w.owesNothing(t, crate("a"))
				w.owesNothing(t, crate("b"))
			})
		}
	}
}

// Many take the same boxes into each other, each in the one order of claims, while others write to them.
func TestWorkUnderContention(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	done := make(chan error)
	const takers, writers = 6, 12
	for n := range takers {
		go func() { done <- w.process().withBoxes().take(ctx, crate("b"), crate([]string{"a", "0"}[n%2])) }()
	}
	for n := range writers {
		go func() {
			_, _, err := w.process().withBoxes().write(ctx, crate([]string{"a", "b", "0"}[n%3]))
			done <- err
		}()
	}
	ended := 0
	for range takers + writers {
		switch err := <-done; {
		case err == nil:
			ended++
		case fault.KindOf(err) != fault.LockTimeout:
			t.Error(err)
		}
	}
	if ended == 0 {
		t.Error("nobody got through")
	}
	w.pass(2 * time.Minute)
	p := w.process().withBoxes()
	for range 3 {
		if _, err := p.Sweep(ctx, 10); err != nil {
			t.Fatal(err)
		}
		w.pass(2 * time.Minute)
	}
	for _, id := range []string{"a", "b", "0"} {
		w.owesNothing(t, crate(id))
	}
}
