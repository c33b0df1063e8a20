package bench

import (
	"context"
	"errors"
	"sync"
	"time"
)

// afterRefusal is how long a client of sustained load waits when a service has too much to do: one that is busy with as many
// logins as it takes on refuses one more.
const afterRefusal = 20 * time.Millisecond

// sustained has n clients send one request after the other for a while; the figure of a turn is requests answered per second,
// refusals left out.
func sustained(n int, slice time.Duration) turn {
	return func(c *Client, next func() Call) func(context.Context) ([]time.Duration, float64, error) {
		return func(ctx context.Context) ([]time.Duration, float64, error) {
			begin := time.Now()
			times, err := together(n, func() (list []time.Duration, err error) {
				for time.Since(begin) < slice {
					took, err := c.do(ctx, next(), nil)
					if refused(err) {
						c.sleep(afterRefusal)
						continue
					}
					if err != nil {
						return list, err
					}
					list = append(list, took)
				}
				return list, nil
			})
			return times, float64(len(times)) / time.Since(begin).Seconds(), err
		}
	}
}

// burst sends n requests at the same moment after a pause; the figure of a turn is when the last one is answered, in
// milliseconds.
func burst(n int, idle time.Duration) turn {
	return func(c *Client, next func() Call) func(context.Context) ([]time.Duration, float64, error) {
		return func(ctx context.Context) ([]time.Duration, float64, error) {
			time.Sleep(idle)
			begin := time.Now()
			times, err := together(n, func() ([]time.Duration, error) {
				took, err := c.do(ctx, next(), nil)
				return []time.Duration{took}, err
			})
			return times, milliseconds(time.Since(begin)), err
		}
	}
}

// together runs work n times side by side and joins what it returns.
func together(n int, work func() ([]time.Duration, error)) ([]time.Duration, error) {
	var mu sync.Mutex
	var all []time.Duration
	var errs []error
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			list, err := work()
			mu.Lock()
			defer mu.Unlock()
			all = append(all, list...)
			errs = append(errs, err)
		})
	}
	wg.Wait()
	return all, errors.Join(errs...)
}
