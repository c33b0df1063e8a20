package breakdown

import (
	"fmt"
	"slices"
	"testing"
)

func TestRecent(t *testing.T) {
	var left []string
	r := newRecent(3, func(s *string) { left = append(left, *s) })
	for i, key := range []uint64{1, 2, 3, 1, 4, 5, 3, 1} {
		v, known := r.of(key)
		if want := i == 3 || i == 6; known != want {
			t.Errorf("key %d at %d: known %t", key, i, known)
		}
		*v += fmt.Sprint(key)
	}
	if !slices.Equal(left, []string{"11", "2", "33"}) || len(r.index) != 3 || len(r.slots) != 3 {
		t.Fatalf("left %q, %d keys", left, len(r.index))
	}
	left = nil
	r.end()
	if !slices.Equal(left, []string{"4", "5", "1"}) {
		t.Fatalf("at the end: %q", left)
	}
	if _, known := r.of(5); known {
		t.Fatal("a key is known behind the end")
	}
}

// A key is that of its texts, and of how they are cut.
func TestKeys(t *testing.T) {
	h := newBreakdown(Filter{}).hasher
	if again := h.key("a", "b"); again != h.key("a", "b") || h.key("a", "b") == h.key("ab", "") || h.key("a", "b") == h.key("b", "a") || h.key("a") == h.key("a", "") {
		t.Fatal("keys are mixed up")
	}
}
