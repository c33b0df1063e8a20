package order

import (
	"cmp"
	"slices"
	"testing"
)

func TestByKeepsTheOrderOfEquals(t *testing.T) {
	type pair struct{ key, place int }
	var list []pair
	for i := range 100 {
		list = append(list, pair{i * 7 % 10, i})
	}
	By(list, func(a, b pair) int { return cmp.Compare(a.key, b.key) })
	if !slices.IsSortedFunc(list, func(a, b pair) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.place, b.place)) }) {
		t.Errorf("%v", list)
	}
}
