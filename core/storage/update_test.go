package storage_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"tracedge/core/fault"
	"tracedge/core/storage"
	"tracedge/core/storage/wire"
	"tracedge/core/trace"
)

var box = storage.In("box", "1")

type doc struct {
	N int `json:"n"`
}

func increment(tx *storage.Tx) error {
	var d doc
	if _, err := tx.Get(box.Key("n"), &d); err != nil {
		return err
	}
	d.N++
	return tx.Put(box.Key("n"), d)
}

func read(t *testing.T, ctx context.Context, s *storage.Store) int {
	t.Helper()
	found, err := s.Read(ctx, "test_read_box", box, box.Key("n"))
	if err != nil {
		t.Fatal(err)
	}
	var d doc
	if _, err := found.Get(box.Key("n"), &d); err != nil {
		t.Fatal(err)
	}
	return d.N
}

func TestCallWithoutSpanIsRefused(t *testing.T) {
	p := newWorld().process()
	_, err := p.Store.Read(t.Context(), "test_read_box", box, box.Key("n"))
	if !errors.Is(err, storage.ErrUntraced) {
		t.Fatalf("err = %v", err)
	}
	if err := p.Update(t.Context(), "test_update_box", box, increment); !errors.Is(err, storage.ErrUntraced) {
		t.Fatalf("err = %v", err)
	}
	if p.calls != 0 {
		t.Fatalf("the back end was called %d times", p.calls)
	}
}

func TestConcurrentUpdatesLoseNothing(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	const writers, each = 16, 25
	var wg sync.WaitGroup
	for range writers {
		p := w.process()
		wg.Go(func() {
			for range each {
				for {
					err := p.Update(ctx, "test_update_box", box, increment)
					if err == nil {
						break
					}
					if fault.KindOf(err) != fault.LockTimeout {
						t.Errorf("update: %v", err)
						return
					}
				}
			}
		})
	}
	wg.Wait()
	if n := read(t, ctx, w.process().Store); n != writers*each {
		t.Fatalf("n = %d, want %d", n, writers*each)
	}
}

func TestContentionEndsAsLockTimeout(t *testing.T) {
	w := newWorld()
	ctx, span := w.traced(t)
	p, rival := w.process(), w.process()
	err := p.Update(ctx, "test_update_box", box, func(tx *storage.Tx) error {
		if err := increment(tx); err != nil {
			return err
		}
		return rival.Update(ctx, "test_rival_box", box, increment) // always there first
	})
	f := fault.From(err)
	if f.Kind != fault.LockTimeout || f.Status != 503 || f.Header.Get("Retry-After") != "1" {
		t.Fatalf("err = %+v", f)
	}
	var logged *trace.StorageError
	for _, r := range w.records {
		if e, ok := r.(trace.StorageError); ok {
			logged = &e
		}
	}
	if logged == nil || logged.Op != "test_update_box" || logged.ErrorKind != "storage_lock_timeout" ||
		logged.PartitionKind != "box" || logged.Attempts < 2 || logged.TraceID != span.TraceID || logged.Endpoint != "/test" {
		t.Fatalf("storage error record = %+v", logged)
	}
}

func TestLostRepliesAreNotAppliedTwice(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	p := w.process()
	lost := 0
	p.disturb = func(n int, commit bool) disturbance {
		if commit && lost < 3 {
			lost++
			return unheard
		}
		return fine
	}
	if err := p.Update(ctx, "test_update_box", box, increment); err != nil {
		t.Fatal(err)
	}
	if n := read(t, ctx, p.Store); n != 1 || lost != 3 {
		t.Fatalf("n = %d after %d lost replies", n, lost)
	}
}

func TestUnknownOutcome(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	p := w.process()
	p.disturb = func(_ int, commit bool) disturbance {
		if commit {
			return unheard
		}
		return fine
	}
	err := p.Update(ctx, "test_update_box", box, increment)
	if !errors.Is(err, storage.ErrUnknownOutcome) || fault.KindOf(err) != fault.DatabaseTimeout {
		t.Fatalf("err = %v", err)
	}
}

func TestOverloadIsNotRepeated(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	p := w.process()
	p.disturb = func(int, bool) disturbance { return busy }
	err := p.Update(ctx, "test_update_box", box, increment)
	if fault.KindOf(err) != fault.Overloaded || errors.Is(err, storage.ErrUnknownOutcome) || p.calls != 1 {
		t.Fatalf("err = %v after %d calls", err, p.calls)
	}
}

func TestAssumeAbsent(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	p := w.process()
	insert := func() error {
		return p.Update(ctx, "test_insert_box", box, func(tx *storage.Tx) error {
			exists, err := tx.Exists(box.Key("n"))
			if err != nil {
				return err
			}
			if exists {
				return fault.Conflict("n", "taken")
			}
			return tx.Put(box.Key("n"), doc{7})
		}, storage.AssumeAbsent(box.Key("n")))
	}
	if err := insert(); err != nil || p.calls != 1 {
		t.Fatalf("first insert: %v after %d calls, want one", err, p.calls)
	}
	if err := insert(); fault.KindOf(err) != fault.Conflicting {
		t.Fatalf("second insert: %v", err)
	}
}

func TestRefusalOnAWrongGuessRunsAgain(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	p := w.process()
	if err := p.Update(ctx, "test_update_box", box, increment); err != nil {
		t.Fatal(err)
	}
	err := p.Update(ctx, "test_update_box", box, func(tx *storage.Tx) error {
		var d doc
		if ok, err := tx.Get(box.Key("n"), &d); err != nil || !ok {
			return errors.Join(fault.NotFound("missing"), err)
		}
		return nil
	}, storage.AssumeAbsent(box.Key("n")))
	if err != nil {
		t.Fatalf("refused on an assumption that does not hold: %v", err)
	}
}

func TestNothingIsWrittenWhenTheFunctionFails(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	p := w.process()
	want := fault.Invalid("x", "no")
	err := p.Update(ctx, "test_update_box", box, func(tx *storage.Tx) error {
		tx.Put(box.Key("n"), doc{1})
		return want
	})
	if !errors.Is(err, want) || len(w.dump(t, box)) != 0 {
		t.Fatalf("err = %v, stored %v", err, w.dump(t, box))
	}
	for _, r := range w.records {
		if _, ok := r.(trace.StorageError); ok {
			t.Fatalf("the function's own refusal was logged as a storage error: %+v", r)
		}
	}
}

func TestReadsSeeTheUpdatesOwnWrites(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	p := w.process()
	err := p.Update(ctx, "test_update_box", box, func(tx *storage.Tx) error {
		tx.Put(box.Key("n"), doc{3})
		var d doc
		if ok, _ := tx.Get(box.Key("n"), &d); !ok || d.N != 3 {
			t.Errorf("got %v %v", ok, d)
		}
		tx.Delete(box.Key("n"))
		if ok, _ := tx.Exists(box.Key("n")); ok {
			t.Error("deleted record exists")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPhantomInAScannedRangeIsAConflict(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	p, rival := w.process(), w.process()
	runs := 0
	err := p.Update(ctx, "test_count_rows", box, func(tx *storage.Tx) error {
		runs++
		rows, err := tx.Scan(box.Prefix("row"), storage.Page{Limit: 10})
		if err != nil {
			return err
		}
		if runs == 1 {
			if err := rival.Update(ctx, "test_add_row", box, func(tx *storage.Tx) error {
				return tx.Put(box.Key("row", "a"), doc{1})
			}); err != nil {
				return err
			}
		}
		return tx.Put(box.Key("count"), doc{len(rows.Records)})
	})
	if err != nil || runs != 2 || !strings.Contains(w.dump(t, box)["box/1/count"], "1") {
		t.Fatalf("err = %v, runs = %d, stored %v", err, runs, w.dump(t, box))
	}
}

func TestBoundedAddition(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	p := w.process()
	most := int64(2)
	var sum int64
	add := func() error {
		return p.Update(ctx, "test_add_number", box, func(tx *storage.Tx) error {
			return tx.Add(box.Key("sum"), 1, storage.Bounds{Max: &most}, &sum)
		})
	}
	for i := range 2 {
		if err := add(); err != nil || sum != int64(i)+1 {
			t.Fatalf("add: %v, sum = %d", err, sum)
		}
	}
	var bound *storage.BoundError
	if err := add(); !errors.As(err, &bound) || bound.Value != 2 {
		t.Fatalf("err = %v", err)
	}
}

func TestWritesStayInsideThePartition(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	err := w.process().Update(ctx, "test_update_box", box, func(tx *storage.Tx) error {
		tx.Put(storage.In("box", "10").Key("n"), doc{1}) // ignored error must still fail the update
		return nil
	})
	if err == nil {
		t.Fatal("a write to another partition was taken")
	}
}

func TestSealedRecords(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	p := w.process()
	k := box.Key("secret")
	if err := p.Update(ctx, "test_put_secret", box, func(tx *storage.Tx) error {
		return tx.Put(k, "hush-hush", storage.Sealed())
	}); err != nil {
		t.Fatal(err)
	}
	if raw := w.dump(t, box)[string(k)]; strings.Contains(raw, "hush") || raw == "" {
		t.Fatalf("stored in the clear: %q", raw)
	}
	found, err := p.Store.Read(ctx, "test_read_secret", box, k)
	var got string
	if err == nil {
		_, err = found.Get(k, &got)
	}
	if err != nil || got != "hush-hush" {
		t.Fatalf("got %q, %v", got, err)
	}
}

func TestUnusableRecordIsADatabaseError(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	reply, err := w.backend.Commit(ctx, wire.CommitRequest{
		Partition: box.String(), Token: strings.Repeat("t", 16),
		Puts: []wire.Put{{Key: string(box.Key("n")), Doc: `"text"`}},
	})
	if err != nil || !reply.OK {
		t.Fatal(err, reply)
	}
	err = w.process().Update(ctx, "test_update_box", box, increment)
	if fault.KindOf(err) != fault.DatabaseError {
		t.Fatalf("err = %v", err)
	}
}

func TestExpiredRecordsAreAbsent(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	p := w.process()
	until := w.clock().Add(time.Minute)
	if err := p.Update(ctx, "test_put_short", box, func(tx *storage.Tx) error {
		return tx.Put(box.Key("n"), doc{5}, storage.Expires(until))
	}); err != nil {
		t.Fatal(err)
	}
	if n := read(t, ctx, p.Store); n != 5 {
		t.Fatalf("n = %d", n)
	}
	w.pass(time.Minute)
	if n := read(t, ctx, p.Store); n != 0 {
		t.Fatalf("n = %d after its time", n)
	}
}
