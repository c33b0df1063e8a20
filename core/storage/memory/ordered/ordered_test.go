package ordered_test

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"

	"tracedge/core/storage/memory/ordered"
)

func keysOf(seq iter.Seq2[string, int]) (keys []string) {
	for key := range seq {
		keys = append(keys, key)
	}
	return keys
}

// The map does what a sorted slice does, in any order of changes and with runs that split and vanish.
func TestAgainstASortedSlice(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	m, want := ordered.New[int](), []string{}
	for step := range 20_000 {
		key := fmt.Sprintf("%05d", random.IntN(5000))
		if step > 15_000 || step%3 == 0 && step > 8000 {
			key = fmt.Sprintf("%05d", step) // in order
		}
		at, there := slices.BinarySearch(want, key)
		if random.IntN(10) < 7 && step < 15_000 {
			m.Set(key, step)
			if !there {
				want = slices.Insert(want, at, key)
			}
		} else {
			key = want[random.IntN(len(want))]
			at, _ = slices.BinarySearch(want, key)
			m.Delete(key)
			m.Delete(key)
			want = slices.Delete(want, at, at+1)
		}
		if step%500 == 0 || len(want) < 3 {
			compare(t, m, want, random)
		}
		if len(want) == 0 {
			break
		}
	}
}

func compare(t *testing.T, m *ordered.Map[int], want []string, random *rand.Rand) {
	t.Helper()
	first := ""
	if len(want) > 0 {
		first = want[0]
	}
	if got := keysOf(m.All()); m.Len() != len(want) || m.First() != first || !slices.Equal(got, want) {
		t.Fatalf("%d keys, first %q, of %d and %q", m.Len(), m.First(), len(want), first)
	}
	for range 20 {
		low, high := fmt.Sprintf("%05d", random.IntN(6000)), fmt.Sprintf("%05d", random.IntN(6000))
		if random.IntN(5) == 0 {
			low = ""
		}
		if random.IntN(5) == 0 {
			high = ""
		}
		var within []string
		for _, key := range want {
			if key >= low && (high == "" || key < high) {
				within = append(within, key)
			}
		}
		if got := keysOf(m.Range(low, high, false)); !slices.Equal(got, within) {
			t.Fatalf("%q to %q: %d keys, want %d", low, high, len(got), len(within))
		}
		slices.Reverse(within)
		if got := keysOf(m.Range(low, high, true)); !slices.Equal(got, within) {
			t.Fatalf("%q down to %q: %d keys, want %d", high, low, len(got), len(within))
		}
	}
}

func TestEmpty(t *testing.T) {
	m := ordered.New[int]()
	m.Delete("a")
	if m.Len() != 0 || m.First() != "" || len(keysOf(m.Range("", "", true)))+len(keysOf(m.Range("a", "b", false))) != 0 {
		t.Error("an empty map holds something")
	}
	m.Set("a", 1)
	m.Set("a", 2)
	if v, ok := m.Get("a"); v != 2 || !ok || m.Len() != 1 {
		t.Error(v, ok)
	}
}
