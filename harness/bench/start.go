package bench

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"tracedge/harness/deployment"
	"tracedge/harness/isolate"
	"tracedge/harness/services/memory"
)

// StartCost is what a new instance of the module takes before it serves.
type StartCost struct {
	HostCalls   int     `json:"host_calls"`  // the same on any machine, as what follows
	MemoryMiB   float64 `json:"memory_mib"`  // linear memory once it has served
	Packages    int     `json:"packages"`    // that initialise something
	Allocations int     `json:"allocations"` // of these
	KiB         float64 `json:"kib"`         // allocated by these
	Init        Figure  `json:"init_ms"`     // of all packages, in wazero
	Slowest     string  `json:"slowest"`     // package
	SlowestMs   float64 `json:"slowest_ms"`  // median
}

var health = Call{Method: "GET", Path: "/health"}

// starts measures the first request of a fresh process, and of a fresh instance within one.
func (b *Bench) starts(ctx context.Context, report *Report) error {
	var contenders []contender
	for _, r := range b.options.Runtimes {
		contenders = append(contenders, contender{r, nil, nil, func(ctx context.Context) ([]time.Duration, float64, error) {
			s, err := Start(ctx, r, b.options.Setup)
			if err != nil {
				return nil, 0, err
			}
			defer s.Stop()
			c := Client{service: s, http: newHTTP(1)}
			defer c.http.CloseIdleConnections()
			took, err := c.do(ctx, health, nil)
			return []time.Duration{took}, milliseconds(took), err
		}})
	}
	b.progress("first requests of %d fresh processes", b.options.Starts)
	list, err := alternate(ctx, b.options.Starts, contenders)
	if err != nil {
		return err
	}
	report.add("start", "first request of a fresh process", unitTime, list)
	if err := b.freshInstances(ctx, report); err != nil {
		return err
	}
	if !b.runs("wazero") {
		return nil
	}
	return b.startCost(ctx, report)
}

// freshInstances measures requests that have to start an instance: in wazero the first one of a fresh isolate, in workerd one
// for every request.
func (b *Bench) freshInstances(ctx context.Context, report *Report) error {
	b.progress("first requests of fresh instances: %d rounds", b.options.Rounds)
	var contenders []contender
	for _, r := range b.options.Runtimes {
		switch r.Name {
		case "wazero":
			cluster, closeCluster, err := b.cluster(ctx)
			if err != nil {
				return err
			}
			defer closeCluster()
			c := &Client{service: &Service{Runtime: r.Name, URL: "http://127.0.0.1"}, http: &http.Client{Transport: &inside{fetch: cluster.Fetch}}}
			contenders = append(contenders, contender{r, nil, nil, func(ctx context.Context) ([]time.Duration, float64, error) {
				cluster.Restart(0)
				took, err := c.do(ctx, health, nil)
				return []time.Duration{took}, milliseconds(took), err
			}})
		case "fresh":
			s, err := Start(ctx, r, b.options.Setup)
			if err != nil {
				return err
			}
			defer s.Stop()
			c := &Client{service: s, http: newHTTP(1)}
			defer c.http.CloseIdleConnections()
			contenders = append(contenders, contender{r, s, nil, inTurn(3)(c, func() Call { return health })})
		}
	}
	if len(contenders) == 0 {
		return nil
	}
	list, err := alternate(ctx, b.options.Rounds, contenders)
	if err == nil {
		report.add("start/instance", "first request of a fresh instance in a running process", unitTime, list)
	}
	return err
}

// cluster is the worker in real time, over storage in memory.
func (b *Bench) cluster(ctx context.Context) (*isolate.Cluster, func(), error) {
	w, err := loadWorker(ctx, b.options.Setup, "")
	if err != nil {
		return nil, nil, err
	}
	cluster, err := w.program.NewCluster(isolate.Options{Bindings: deployment.Bindings(w.config, memory.New(nil))})
	if err != nil {
		w.close()
		return nil, nil, err
	}
	return cluster, func() {
		_ = cluster.Close(ctx)
		w.close()
	}, nil
}

// startCost counts what a start takes apart from a request.
func (b *Bench) startCost(ctx context.Context, report *Report) error {
	b.progress("what the start of an instance takes")
	w, err := loadWorker(ctx, b.options.Setup, "")
	if err != nil {
		return err
	}
	defer w.close()
	v, err := w.start(nil)
	if err != nil {
		return err
	}
	defer v.close()
	c, _ := v.client()
	var calls [3]int // with the start, and two without
	for i := range calls {
		before := v.crossing.calls
		if _, err := c.do(ctx, health, nil); err != nil {
			return err
		}
		calls[i] = v.crossing.calls - before
	}
	cost := &StartCost{HostCalls: calls[0] - calls[2]}
	if cost.MemoryMiB, err = v.memory(); err != nil {
		return err
	}
	report.StartCost = cost
	return b.initialisation(ctx, cost)
}

// initLine is what the runtime of Go says of a package under GODEBUG=inittrace=1.
var initLine = regexp.MustCompile(`init (\S+) @\S+ ms, (\S+) ms clock, (\d+) bytes, (\d+) allocs`)

// initialisation starts instances that tell what each package takes.
func (b *Bench) initialisation(ctx context.Context, cost *StartCost) error {
	w, err := loadWorker(ctx, b.options.Setup, "harness/bench/workerd/traced.mjs")
	if err != nil {
		return err
	}
	defer w.close()
	var mu sync.Mutex
	var said strings.Builder
	cluster, err := w.program.NewCluster(isolate.Options{
		Bindings: deployment.Bindings(w.config, memory.New(nil)), RunningClock: true,
		Console: func(m isolate.Message) {
			mu.Lock()
			defer mu.Unlock()
			for _, arg := range m.Args {
				if text, ok := arg.(string); ok {
					said.WriteString(text + "\n")
				}
			}
		},
	})
	if err != nil {
		return err
	}
	defer cluster.Stop()
	c := &Client{service: &Service{Runtime: "wazero", URL: "http://127.0.0.1"}, http: &http.Client{Transport: &inside{fetch: cluster.Fetch}}}
	var sums []float64
	times := map[string][]float64{}
	for range b.options.Starts {
		if _, err := c.do(ctx, health, nil); err != nil {
			return err
		}
		cluster.Restart(0)
		mu.Lock()
		lines := initLine.FindAllStringSubmatch(said.String(), -1)
		said.Reset()
		mu.Unlock()
		if len(lines) == 0 {
			return fmt.Errorf("the module does not tell what its packages take")
		}
		cost.Packages, cost.Allocations, cost.KiB = len(lines), 0, 0
		sum := 0.0
		for _, line := range lines {
			took, _ := strconv.ParseFloat(line[2], 64) // as the pattern says
			size, _ := strconv.Atoi(line[3])
			allocations, _ := strconv.Atoi(line[4])
			sum += took
			times[line[1]] = append(times[line[1]], took)
			cost.KiB += float64(size) / 1024
			cost.Allocations += allocations
		}
		sums = append(sums, sum)
	}
	cost.Init = figure(sums)
	for name, list := range times {
		slices.Sort(list)
		if middle := list[len(list)/2]; middle > cost.SlowestMs || middle == cost.SlowestMs && name < cost.Slowest {
			cost.Slowest, cost.SlowestMs = name, middle
		}
	}
	return nil
}
