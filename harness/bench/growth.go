package bench

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync/atomic"
	"time"
)

// Growth is a page of a list of so many records.
type Growth struct {
	Runtime      string `json:"runtime"`
	Records      int    `json:"records"`
	Time         Figure `json:"ms"`
	StorageCalls int    `json:"storage_calls"`
	Ratio        Figure `json:"ratio"` // to the smallest list, within each round
}

// grown are the runtimes that lists are grown in, with the greatest length that is made there in reasonable time.
func grown() map[string]int { return map[string]int{"native": 1 << 30, "wazero": 10_000} }

// growth measures a page of 50 of lists of different lengths, each of an account of its own, so that they are asked in
// turns.
func (b *Bench) growth(ctx context.Context, report *Report) error {
	for _, r := range b.options.Runtimes {
		most, ok := grown()[r.Name]
		if !ok {
			continue
		}
		var contenders []contender
		var calls []*atomic.Int64
		var sizes []int
		c := b.clients[r.Name]
		for _, size := range b.options.Sizes {
			if size > most {
				continue
			}
			b.progress("%s: a list of %d", r.Name, size)
			u, err := b.fill(ctx, c, size)
			if err != nil {
				return err
			}
			count := new(atomic.Int64)
			page := Call{Method: "GET", Path: "/api/items?limit=50", Token: u.token}
			contenders = append(contenders, contender{r, nil, nil, func(ctx context.Context) ([]time.Duration, float64, error) {
				times := make([]time.Duration, 10)
				for i := range times {
					var header string
					var err error
					if times[i], header, err = c.timed(ctx, page); err != nil {
						return nil, 0, err
					}
					count.Store(int64(storageCalls(header)))
				}
				return times, median(times), nil
			}})
			calls, sizes = append(calls, count), append(sizes, size)
		}
		list, err := alternate(ctx, b.options.Rounds, contenders)
		if err != nil {
			return err
		}
		for i, s := range list {
			report.Growth = append(report.Growth, Growth{
				Runtime: r.Name, Records: sizes[i], Time: figure(s.Rounds), StorageCalls: int(calls[i].Load()),
				Ratio: figure(ratios(s.Rounds, list[0].Rounds)),
			})
		}
	}
	return nil
}

// fill makes an account with so many local items.
func (b *Bench) fill(ctx context.Context, c *Client, size int) (user, error) {
	u, err := newUser(ctx, c)
	if err != nil {
		return u, err
	}
	var next atomic.Int64
	_, err = together(8, func() ([]time.Duration, error) {
		for ctx.Err() == nil {
			n := next.Add(1)
			if n > int64(size) {
				return nil, nil
			}
			if _, err := c.do(ctx, localItem(u, int(n)), nil); err != nil {
				return nil, err
			}
		}
		return nil, ctx.Err()
	})
	return u, err
}

// storageCalls reads their number in a Server-Timing header.
func storageCalls(header string) (sum int) {
	for _, found := range storageOps.FindAllStringSubmatch(header, -1) {
		n, _ := strconv.Atoi(found[1])
		sum += n
	}
	return sum
}

// ParseSizes checks the lengths of lists: growing, from 1.
func ParseSizes(list []int) error {
	if len(list) == 0 || list[0] < 1 || !slices.IsSorted(list) {
		return fmt.Errorf("lengths of lists begin at 1 and grow")
	}
	return nil
}
