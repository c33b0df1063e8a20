// Package order sorts. Package slices has a copy of its algorithm in the module for each type that it sorts, 20 KB a time;
// this one has a single copy for all.
package order

import "sort"

// By sorts a list; elements that compare as 0 keep their order.
func By[T any](list []T, compare func(a, b T) int) {
	sort.SliceStable(list, func(i, j int) bool { return compare(list[i], list[j]) < 0 })
}
