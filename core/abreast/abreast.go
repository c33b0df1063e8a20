// Package abreast does things side by side, as calls of different partitions are made.
package abreast

import (
	"errors"
	"sync"
)

// width is how many things Each does at a time: enough to hide the way to the partitions, few enough for what a request
// may have open.
const width = 16

// Each does something for each number below n, a few at a time, and returns the errors joined.
func Each(n int, do func(i int) error) error { return run(n, min(n, width), do) }

// All is Each with everything at once, for a caller that bounds n.
func All(n int, do func(i int) error) error { return run(n, n, do) }

func run(n, most int, do func(i int) error) error {
	errs := make([]error, n)
	slots := make(chan struct{}, most)
	var wg sync.WaitGroup
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			errs[i] = do(i)
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
