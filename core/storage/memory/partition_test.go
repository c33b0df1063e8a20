package memory

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"tracedge/core/storage/memory/ordered"
	"tracedge/core/storage/wire"
)

// What has expired takes no memory once something is committed, here or at the edge.
func TestPurge(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_000)
	s := New(Options{Clock: func() time.Time { return now }})
	req := wire.CommitRequest{Partition: "p/1", Token: "0123456789abcdef"}
	for i := range 100 {
		key := fmt.Sprintf("p/1/%d", i)
		req.Puts = append(req.Puts, wire.Put{Key: key, Doc: `1`, EdgeKey: key, Expires: now.UnixMilli() + int64(i)*1000 + 1})
	}
	commit := func(req wire.CommitRequest) {
		t.Helper()
		if reply, err := s.Commit(t.Context(), req); err != nil || !reply.OK {
			t.Fatalf("commit is answered %+v, %v", reply, err)
		}
	}
	commit(req)
	p := s.find("p/1")
	for i, left := range []int{60, 20, 0} {
		now = now.Add(40 * time.Second)
		commit(wire.CommitRequest{
			Partition: "p/1", Token: fmt.Sprintf("0123456789abcdef-%d", i), Deletes: []string{"p/1/missing"},
		})
		for what, n := range map[string]int{
			"records": p.records.Len(), "expiries": p.expiry.Len(),
			"edge keys": len(p.shown), "replicas": s.edge.replicas.Len(),
		} {
			if n != left {
				t.Fatalf("%d %s are left, want %d", n, what, left)
			}
		}
	}
	now = now.Add(6 * time.Minute)
	commit(wire.CommitRequest{Partition: "p/1", Token: "fedcba9876543210", Deletes: []string{"p/1/missing"}})
	if len(p.log.order) != 1 || len(p.log.replies) != 1 {
		t.Fatalf("%d tokens and %d replies are left, want 1", len(p.log.order), len(p.log.replies))
	}
}

// A table is walked like a sorted list that is filtered.
func TestTableWalk(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	word := func() string {
		b := make([]byte, r.IntN(4))
		for i := range b {
			b[i] = "!a~"[r.IntN(3)]
		}
		return "p/" + string(b)
	}
	table := ordered.New[int]()
	want := make(map[string]int)
	for i := range 3000 {
		if key := word(); r.IntN(3) > 0 {
			table.Set(key, i)
			want[key] = i
		} else {
			table.Delete(key)
			delete(want, key)
		}
		prefix, after, until, reverse := word(), word(), word(), r.IntN(2) == 0
		if r.IntN(3) == 0 {
			after = ""
		}
		if r.IntN(3) == 0 {
			until = ""
		}
		var list []string
		for key := range want {
			up := (after == "" || key > after) && (until == "" || key <= until)
			down := (after == "" || key < after) && (until == "" || key >= until)
			if strings.HasPrefix(key, prefix) && (up && !reverse || down && reverse) {
				list = append(list, key)
			}
		}
		slices.Sort(list)
		if reverse {
			slices.Reverse(list)
		}
		var got []string
		for key, v := range walk(table, spanOf(prefix, after, until, reverse)) {
			if v != want[key] {
				t.Fatalf("%q holds %d, want %d", key, v, want[key])
			}
			got = append(got, key)
		}
		if !slices.Equal(got, list) {
			t.Fatalf("prefix %q after %q until %q reverse %t: %q, want %q", prefix, after, until, reverse, got, list)
		}
	}
}

// Calls of one partition do not wait for another.
func TestPartitionsAreIndependent(t *testing.T) {
	s := New(Options{})
	busy := s.findOrMake("p/1")
	busy.mu.Lock()
	defer busy.mu.Unlock()
	reply, err := s.Commit(t.Context(), wire.CommitRequest{
		Partition: "p/2", Token: "0123456789abcdef", Puts: []wire.Put{{Key: "p/2/a", Doc: `1`, EdgeKey: "p/2/a"}},
	})
	if err != nil || !reply.OK {
		t.Fatalf("commit is answered %+v, %v", reply, err)
	}
}
