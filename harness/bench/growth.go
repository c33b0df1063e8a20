package bench

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Growth is a scenario over a store that holds so many records of one kind.
type Growth struct {
	Scenario     string  `json:"scenario"`
	Of           string  `json:"of"` // what there are so many of
	Runtime      string  `json:"runtime"`
	Records      int     `json:"records"`
	Time         Figure  `json:"ms"` // with what follows the response
	StorageCalls float64 `json:"storage_calls"`
	HostCalls    float64 `json:"host_calls"` // 0 where there is no host
	Ratio        Figure  `json:"ratio"`      // to the smallest number, within each round
}

// growth measures scenarios in stores of different sizes that take turns, within this process: natively, and in the module over
// a copy of the same data.
func (b *Bench) growth(ctx context.Context, report *Report) error {
	defer debug.SetGCPercent(debug.SetGCPercent(50)) // gigabytes that stay, and little garbage
	setup := b.options.Setup
	setup.Vars = maps.Clone(setup.Vars)
	setup.Vars["BCRYPT_COST"] = "4" // else the hash would hide the rest
	w, err := loadWorker(ctx, setup, "")
	if err != nil {
		return err
	}
	defer w.close()
	var wanted []population
	for _, p := range populations() {
		p.scenarios = slices.DeleteFunc(slices.Clone(p.scenarios), func(name string) bool { return !b.grows(name) })
		if len(p.scenarios) > 0 {
			wanted = append(wanted, p)
		}
	}
	stores, err := b.fillAll(ctx, wanted, setup)
	if err != nil {
		return err
	}
	for i, p := range wanted {
		b.progress("growth of %s: %v", p.of, b.options.Sizes)
		if err := b.grow(ctx, p, stores[i], w, report); err != nil {
			return fmt.Errorf("growth of %s: %w", p.of, err)
		}
		stores[i] = nil
	}
	return nil
}

// grows tells whether the growth of a scenario is wanted.
func (b *Bench) grows(scenario string) bool {
	return slices.ContainsFunc(b.options.Scenarios, func(s Scenario) bool { return s.Name == scenario })
}

// size is one store of a population.
type size struct {
	records int
	native  *seeded
	ask     map[string]func(*Client) requests
}

func (b *Bench) grow(ctx context.Context, p population, sizes []size, w *worker, report *Report) error {
	for _, r := range b.options.Runtimes {
		var stores []grownStore
		for _, s := range sizes {
			g := grownStore{size: s}
			switch r.Name {
			case "native":
				g.client, g.inside = s.native.client()
			case "wazero":
				v, err := s.native.module(ctx, w)
				if err != nil {
					return err
				}
				defer v.close()
				g.virtual = v
				g.client, g.inside = v.client()
			default:
				continue
			}
			stores = append(stores, g)
		}
		if len(stores) == 0 {
			continue
		}
		for _, scenario := range p.scenarios {
			list, err := b.growing(ctx, r, scenario, stores)
			if err != nil {
				return fmt.Errorf("%s: %w", scenario, err)
			}
			for i := range list {
				list[i].Of = p.of
			}
			report.Growth = append(report.Growth, list...)
		}
	}
	return nil
}

// fillAll makes the stores of each population, side by side.
func (b *Bench) fillAll(ctx context.Context, list []population, setup Setup) ([][]size, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out, errs := make([][]size, len(list)), make([]error, len(list)*len(b.options.Sizes))
	places := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for k, n := range slices.Backward(b.options.Sizes) { // the longest work first
		for i, p := range list {
			places <- struct{}{}
			if out[i] == nil {
				out[i] = make([]size, len(b.options.Sizes))
			}
			b.progress("%s: %s", p.of, thousands(n))
			wg.Go(func() {
				defer func() { <-places }()
				s := &out[i][k]
				s.records = n
				if err := s.fill(ctx, p, setup); err != nil {
					errs[i*len(b.options.Sizes)+k] = err
					cancel()
				}
			})
		}
	}
	wg.Wait()
	return out, errors.Join(errs...)
}

// forgetEvery is after how many records what single items hold is dropped.
const forgetEvery = 1000

func (s *size) fill(ctx context.Context, p population, setup Setup) (err error) {
	if s.native, err = newSeeded(setup.Vars); err != nil {
		return err
	}
	c, _ := s.native.client()
	made := 0
	s.ask, err = p.fill(ctx, c, s.records, func() {
		if made++; made%forgetEvery == 0 {
			s.native.forget()
		}
	})
	return err
}

// grownStore is a store in a runtime.
type grownStore struct {
	size
	client  *Client
	inside  *inside
	virtual *virtual // nil natively
}

func (g grownStore) hostCalls() int {
	if g.virtual == nil {
		return 0
	}
	return g.virtual.crossing.calls
}

// growthBatch is how many requests a store answers in its turn.
const growthBatch = 4

// growing measures one scenario in one runtime.
func (b *Bench) growing(ctx context.Context, r Runtime, scenario string, stores []grownStore) ([]Growth, error) {
	out := make([]Growth, len(stores))
	var contenders []contender
	for i, g := range stores {
		out[i] = Growth{Scenario: scenario, Runtime: r.Name, Records: g.records}
		made := g.ask[scenario](g.client)
		turn := inTurn(growthBatch)(g.client, made.next)
		ready := func(ctx context.Context) error { return made.ready(ctx, growthBatch) }
		contenders = append(contenders, contender{r, nil, ready, func(ctx context.Context) ([]time.Duration, float64, error) {
			storage, host := g.inside.storageCalls, g.hostCalls()
			times, figure, err := turn(ctx)
			out[i].StorageCalls += float64(g.inside.storageCalls - storage)
			out[i].HostCalls += float64(g.hostCalls() - host)
			return times, figure, err
		}})
	}
	list, err := alternate(ctx, b.options.Rounds, contenders)
	for i, s := range list {
		n := float64(growthBatch * (b.options.Rounds + 1))
		out[i].StorageCalls /= n
		out[i].HostCalls /= n
		out[i].Time, out[i].Ratio = figure(s.Rounds), figure(ratios(s.Rounds, list[0].Rounds))
	}
	return out, err
}

// storageCalls reads their number in a Server-Timing header.
func storageCalls(header string) (sum int) {
	for _, found := range storageOps.FindAllStringSubmatch(header, -1) {
		n, _ := strconv.Atoi(found[1])
		sum += n
	}
	return sum
}

// ParseSizes checks numbers of records: growing, from 1.
func ParseSizes(list []int) error {
	if len(list) == 0 || list[0] < 1 || !slices.IsSorted(list) {
		return fmt.Errorf("numbers of records begin at 1 and grow")
	}
	return nil
}
