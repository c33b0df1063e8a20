package storage_test

import (
	"errors"
	"strings"
	"testing"

	"tracedge/core/storage"
)

func TestLongDocuments(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	p := w.process()
	home := storage.In("shelf", "1")
	k := home.Key("book")
	for _, text := range []string{
		"short", strings.Repeat("é<&>\u2028\x01", 400_000), strings.Repeat(`"\`, 300_000), "short again", strings.Repeat("a", 240<<10), "", strings.Repeat("\U0001F600", 100_000),
	} {
		err := p.Update(ctx, "test_put_book", home, func(tx *storage.Tx) error { return tx.PutLong(k, []string{text}) })
		if err != nil {
			t.Fatal(err)
		}
		var fromView, fromTx []string
		v, err := p.View(ctx, "test_view_book", home, []storage.Key{k}, k.Parts())
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := v.GetLong(k, &fromView); !ok || err != nil || fromView[0] != text {
			t.Fatalf("a text of %d bytes is not read back: %t, %v", len(text), ok, err)
		}
		err = p.Update(ctx, "test_get_book", home, func(tx *storage.Tx) error {
			_, err := tx.GetLong(k, &fromTx)
			return err
		})
		if err != nil || fromTx[0] != text {
			t.Fatalf("a text of %d bytes is not read back in an update: %v", len(text), err)
		}
		if n := len(w.dump(t, home)); len(text) < 100 && n != 1 {
			t.Fatalf("%d records", n)
		}
	}
	if err := p.Update(ctx, "test_drop_book", home, func(tx *storage.Tx) error { return tx.DeleteLong(k) }); err != nil {
		t.Fatal(err)
	}
	if left := w.dump(t, home); len(left) != 0 {
		t.Fatalf("%d records are left", len(left))
	}
}

// An update on records that a look has found is one call while they hold, and runs on what is there when they do not.
func TestGiven(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	p := w.process()
	home := storage.In("shelf", "1")
	k := home.Key("n")
	count := func(given ...storage.UpdateOption) (n int) {
		err := p.Update(ctx, "test_count_up", home, func(tx *storage.Tx) error {
			n = 0
			if _, err := tx.Get(k, &n); err != nil {
				return err
			}
			n++
			return tx.Put(k, n)
		}, given...)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for want := 1; want <= 3; want++ {
		v, err := p.View(ctx, "test_view_count", home, []storage.Key{k})
		if err != nil {
			t.Fatal(err)
		}
		before := p.calls
		if got := count(storage.Given(v, k)); got != want || p.calls != before+1 {
			t.Fatalf("%d after %d calls, want %d", got, p.calls-before, want)
		}
	}
	v, _ := p.View(ctx, "test_view_count", home, []storage.Key{k})
	count()
	if got := count(storage.Given(v, k)); got != 5 {
		t.Fatalf("%d, want 5", got)
	}
	refused := errors.New("no")
	err := p.Update(ctx, "test_count_up", home, func(tx *storage.Tx) error {
		var n int
		if _, err := tx.Get(k, &n); err != nil || n == 5 {
			return err
		}
		return refused // the look is too old to refuse by
	}, storage.Given(v, k))
	if err != nil {
		t.Fatal(err)
	}
}
