package listing_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tracedge/core/identifier"
	"tracedge/core/listing"
)

func canonical(texts ...string) []identifier.Identifier {
	var out []identifier.Identifier
	for _, text := range texts {
		part := strings.Split(text, ":")
		out = append(out, identifier.Identifier{Class: identifier.Canonical, Namespace: part[0], Key: part[1], Value: part[2]})
	}
	return out
}

// local is the n-th local item of an account, in a version.
func local(n int, version int64, status listing.Status, identifiers ...string) listing.Row {
	r := row(n, version, status)
	r.ID, r.Local, r.Twins = fmt.Sprintf("LID-%036d", n), true, listing.TwinsOf(canonical(identifiers...))
	return r
}

func (s *stage) tell(t *testing.T, rows ...listing.Row) { s.send(t, change(rows...)) }

// groups reads all groups page by page, as texts "ns:key:value=n,n".
func (s *stage) groups(t rapid.TB, limit int) ([]string, listing.LocalSums) {
	var out []string
	for after := ""; ; {
		groups, more, sums, err := s.lists.Groups(s.ctx, "u", after, limit)
		if err != nil {
			t.Fatal(err)
		}
		members, err := s.lists.Members(s.ctx, "u", groups)
		if err != nil {
			t.Fatal(err)
		}
		for n, g := range groups {
			var ids []string
			for _, at := range members[n] {
				ids = append(ids, strings.TrimLeft(strings.TrimPrefix(at.ID(), "LID-"), "0"))
			}
			slices.Sort(ids)
			out = append(out, fmt.Sprintf("%s:%s:%s=%s", g.Namespace, g.Key, g.Value, strings.Join(ids, ",")))
			after = g.Order
		}
		if !more {
			return out, sums
		}
	}
}

func TestGroups(t *testing.T) {
	s := newStage(t)
	s.tell(t, local(1, 1, listing.Active, "b:k:1", "b:k:2"), local(2, 1, listing.Active, "b:k:2"))
	s.tell(t, local(3, 1, listing.Active, "a:z:9", "b:k:1"), local(4, 1, listing.Active, "a:z:9"))
	s.tell(t, local(5, 1, listing.Active, "c:c:c"), local(6, 1, listing.Active), local(7, 1, listing.Deprecated, "c:c:c"))
	got, sums := s.groups(t, 2)
	if want := []string{"a:z:9=3,4", "b:k:1=1,3", "b:k:2=1,2"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if want := (listing.LocalSums{Items: 6, Groups: 3, Twins: 4}); sums != want {
		t.Errorf("%+v, want %+v", sums, want)
	}
	before := s.calls()
	s.groups(t, 100)
	if n := s.calls() - before; n != 2 {
		t.Errorf("%d calls", n)
	}
	// One change takes three of them away, as a merge does.
	s.tell(t, local(1, 2, listing.Active, "b:k:1", "b:k:2", "a:z:9"), local(2, 2, listing.Merged, "b:k:2"),
		local(3, 2, listing.Merged, "a:z:9", "b:k:1"), local(4, 2, listing.Merged, "a:z:9"))
	if got, sums = s.groups(t, 2); len(got) != 0 || sums != (listing.LocalSums{Items: 3}) {
		t.Errorf("%v, %+v", got, sums)
	}
}

// Whatever happens to local items, and in whatever order it is told, the groups are those of the newest versions.
func TestGroupsFollowEveryChange(t *testing.T) {
	texts := []string{"a:k:1", "a:k:2", "b:k:1", "c:c:c"}
	rapid.Check(t, func(rt *rapid.T) {
		s := newStage(t)
		items := rapid.IntRange(1, 5).Draw(rt, "items")
		newest := make(map[int]listing.Row)
		var told []listing.Row
		for n := 1; n <= items; n++ {
			for v := range rapid.IntRange(1, 4).Draw(rt, "versions") {
				status := rapid.SampledFrom([]listing.Status{listing.Active, listing.Active, listing.Merged, listing.Deprecated}).Draw(rt, "status")
				has := rapid.SliceOfNDistinct(rapid.SampledFrom(texts), 0, 3, rapid.ID).Draw(rt, "has")
				r := local(n, int64(v+1), status, has...)
				if v > 0 && rapid.IntRange(0, 5).Draw(rt, "gone") == 0 {
					r.Remove(start.Add(time.Hour))
				}
				newest[n] = r
				told = append(told, r)
			}
		}
		told = rapid.Permutation(told).Draw(rt, "order")
		for len(told) > 0 { // some at once, some told twice
			n := rapid.IntRange(1, len(told)).Draw(rt, "at once")
			s.tell(t, told[:n]...)
			if rapid.Bool().Draw(rt, "again") {
				s.tell(t, told[:n]...)
			}
			told = told[n:]
		}

		members := map[string][]string{}
		var want listing.LocalSums
		for n := 1; n <= items; n++ {
			r := newest[n]
			if r.Gone || r.Status != listing.Active {
				continue
			}
			want.Items++
			for _, tw := range r.Twins {
				text := tw.Namespace + ":" + tw.Key + ":" + tw.Value
				members[text] = append(members[text], fmt.Sprint(n))
			}
		}
		var groups []string
		in := map[string]bool{}
		for text, ids := range members {
			if len(ids) < 2 {
				continue
			}
			groups = append(groups, text+"="+strings.Join(ids, ","))
			for _, id := range ids {
				in[id] = true
			}
		}
		slices.Sort(groups)
		want.Groups, want.Twins = int64(len(groups)), int64(len(in))
		got, sums := s.groups(rt, rapid.IntRange(1, 3).Draw(rt, "limit"))
		if !slices.Equal(got, groups) || sums != want {
			rt.Fatalf("%v %+v, want %v %+v", got, sums, groups, want)
		}
	})
}

// Groups stand in the order of namespace:key, then value, byte by byte.
func TestOrderOfGroups(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("ab:-/ é;~%")), 1, 6, -1)
		one := func(name string) identifier.Identifier {
			return identifier.Identifier{Class: identifier.Canonical, Namespace: text.Draw(rt, name), Key: text.Draw(rt, name), Value: text.Draw(rt, name)}
		}
		a, b := one("a"), one("b")
		ka, kb := a.Namespace+":"+a.Key, b.Namespace+":"+b.Key
		want := strings.Compare(ka, kb)
		if want == 0 {
			want = strings.Compare(a.Value, b.Value)
		}
		twins := listing.TwinsOf([]identifier.Identifier{a, b})
		if got := strings.Compare(twins[0].Order, twins[1].Order); want != 0 && got != want {
			rt.Fatalf("%q and %q: %d, want %d", a, b, got, want)
		}
		for _, tw := range twins {
			if len(tw.Order) > 420 {
				rt.Fatal(len(tw.Order))
			}
		}
	})
}
