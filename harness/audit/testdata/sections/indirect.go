package sections

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"sort"
	"time"

	"tracedge/core/digest"
	"tracedge/core/storage"
)

// Every way into a section leads to the rule: methods, rows, decisions, and what they call.

func (s *service) ways(ctx context.Context, o *storage.Operation, r storage.Row) {
	s.store.Update(ctx, "sections_update_method", p, s.method)
	s.store.Handle("sections_apply_row", storage.Handler{Apply: apply})
	o.Decide(ctx, "sections_decide_thing", func(tx *storage.Tx) error {
		return s.deep(1)
	})
	s.store.Once(ctx, "sections_apply_once", p, r, func(tx *storage.Tx) error {
		func() { time.Until(time.Time{}) }() // want `section: time.Until reads the clock`
		return nil
	})
}

func (s *service) method(tx *storage.Tx) error {
	helper := func() { time.Since(time.Time{}) } // want `section: time.Since reads the clock`
	helper()
	return s.deep(2)
}

func apply(tx *storage.Tx, r storage.Row) error {
	time.AfterFunc(1, func() {}) // want `section: time.AfterFunc reads the clock`
	return nil
}

func (s *service) deep(n int) error { return s.deeper(n) }

func (s *service) deeper(n int) error {
	digest.OfText("x") // want `section: digest.OfText hashes, in .*-> .*deep -> .*deeper \(the nearest of 2 ways\)`
	return nil
}

// What a closure is given runs in the section, and what stands in a field or behind an interface may.

type fader interface{ fade() }

type slow struct{}

func (slow) fade() { time.Sleep(1) } // want `section: time.Sleep .*, in .*dynamic\$4 -> .*fade`

type fields struct {
	clock func() time.Time
	given func() // nobody sets it
	fader fader
}

func (s *service) around(ctx context.Context, change func(n int) int) {
	s.store.Update(ctx, "sections_update_around", p, func(tx *storage.Tx) error {
		return tx.Put(p.Key("x"), change(1))
	})
}

func (s *service) dynamic(ctx context.Context, f fields) {
	s.around(ctx, func(n int) int { return n + 1 })
	s.around(ctx, func(n int) int {
		return len(digest.OfText("x")) // want `section: digest.OfText hashes, in .*around\$1 -> .*dynamic\$2`
	})
	f.clock, f.fader = time.Now, slow{}
	s.store.Update(ctx, "sections_update_dynamic", p, func(tx *storage.Tx) error {
		f.clock() // want `section: time.Now reads the clock`
		f.given() // want `section: calls a function that comes from outside`
		return nil
	})
	s.store.Update(ctx, "sections_update_fading", p, func(tx *storage.Tx) error {
		f.fader.fade()
		return nil
	})
	s.store.Update(ctx, "sections_update_unknown", p, func(tx *storage.Tx) error {
		ctx.Value(1).(stranger).meet() // what a context holds is not followed: whatever fits may be called
		ctx.Value(2).(alien).land()    // want `section: calls a function that comes from outside`
		return nil
	})
}

type stranger interface{ meet() }

type visitor struct{}

func (visitor) meet() { digest.OfText("x") } // want `section: digest.OfText hashes, in .*dynamic\$5 -> .*meet`

type alien interface{ land() } // nobody implements it

// A generic function is a section for everything that it is used with.

func (s *service) generics(ctx context.Context) {
	s.store.Update(ctx, "sections_update_generic", p, func(tx *storage.Tx) error { return generic(tx, quick{}) })
	s.store.Update(ctx, "sections_update_generics", p, func(tx *storage.Tx) error { return generic(tx, lazy{}) })
}

func generic[T fader](tx *storage.Tx, v T) error {
	v.fade()
	return tx.Put(p.Key("x"), 1)
}

type quick struct{}

func (quick) fade() {}

type lazy struct{}

func (lazy) fade() { time.Sleep(1) } // want `section: time.Sleep .*, in sections.generic.* -> .*fade`

// Code outside calls methods of what it is given.

type sealed struct{ text string }

func (s sealed) MarshalJSON() ([]byte, error) {
	return json.Marshal(digest.OfText(s.text)) // want `section: digest.OfText hashes, in .*implicit\$1 -> .*MarshalJSON`
}

type holder struct{ Inner []sealed }

type byTime []int

func (l byTime) Len() int           { return len(l) }
func (l byTime) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }
func (l byTime) Less(i, j int) bool { return time.Now().Unix() > 0 } // want `section: time.Now reads the clock.*, in .*implicit\$1 -> .*Less`

func (s *service) implicit(ctx context.Context, m map[string]int) {
	s.store.Update(ctx, "sections_update_implicit", p, func(tx *storage.Tx) error {
		sort.Sort(byTime(nil))
		for range maps.Keys(m) {
		}
		slices.SortFunc([]int{1}, func(a, b int) int {
			return len(digest.OfText("x")) // want `section: digest.OfText hashes`
		})
		return tx.Put(p.Key("x"), holder{})
	})
}
