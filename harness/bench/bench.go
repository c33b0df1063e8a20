package bench

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Options say what is measured.
type Options struct {
	Setup
	Kinds     []string // of measurement, see Kinds
	Runtimes  []Runtime
	Scenarios []Scenario
	Counted   []Scenario // what is counted, beside what is timed
	Rounds    int        // of each measurement
	Starts    int        // fresh starts of each runtime
	Clients   []int
	Sizes     []int         // numbers of records, growing
	Slice     time.Duration // of a turn under sustained load
	Span      time.Duration // at a constant rate
	Progress  func(string)
}

// Bench is a run.
type Bench struct {
	options Options
	clients map[string]*Client
}

// Run measures. The services run for as long as it does.
func Run(ctx context.Context, o Options) (*Report, error) {
	b := &Bench{options: o, clients: map[string]*Client{}}
	defer b.close()
	report := newReport(o)
	for _, k := range kinds() {
		if !slices.Contains(o.Kinds, k.name) {
			continue
		}
		if k.serving {
			if err := b.open(ctx); err != nil {
				return nil, err
			}
		}
		if err := k.measure(b, ctx, report); err != nil {
			return nil, err
		}
	}
	return report, ctx.Err()
}

// kind is a kind of measurement.
type kind struct {
	name    string
	serving bool // needs the services
	measure func(*Bench, context.Context, *Report) error
}

func kinds() []kind {
	return []kind{
		{"start", false, (*Bench).starts},
		{"latency", true, (*Bench).latencies},
		{"bcrypt", false, (*Bench).hashes},
		{"burst", true, (*Bench).bursts},
		{"load", true, (*Bench).loads},
		{"rate", true, (*Bench).rates},
		{"memory", true, (*Bench).memories},
		{"counts", false, (*Bench).counts},
		{"growth", false, (*Bench).growth},
	}
}

// Kinds are the names of the kinds of measurement.
func Kinds() []string {
	var names []string
	for _, k := range kinds() {
		names = append(names, k.name)
	}
	return names
}

// open starts the services that do not run yet.
func (b *Bench) open(ctx context.Context) error {
	for _, r := range b.options.Runtimes {
		if b.clients[r.Name] != nil {
			continue
		}
		s, err := Start(ctx, r, b.options.Setup)
		if err != nil {
			return err
		}
		b.clients[r.Name] = &Client{service: s, http: newHTTP(64)}
	}
	return nil
}

// runs tells whether a runtime is among those measured.
func (b *Bench) runs(name string) bool {
	return slices.ContainsFunc(b.options.Runtimes, func(r Runtime) bool { return r.Name == name })
}

func (b *Bench) close() {
	for _, c := range b.clients {
		c.http.CloseIdleConnections()
		c.service.Stop()
	}
}

func (b *Bench) progress(format string, args ...any) {
	if b.options.Progress != nil {
		b.options.Progress(fmt.Sprintf(format, args...))
	}
}

func (b *Bench) latencies(ctx context.Context, report *Report) error {
	for _, s := range b.options.Scenarios {
		b.progress("%s: %d rounds", s.Name, b.options.Rounds)
		list, err := b.latency(ctx, s)
		if err != nil {
			return err
		}
		report.add(s.Name, s.Summary, unitTime, list)
	}
	return nil
}

// burstSize is how many requests come at once after a pause.
const burstSize = 50

func (b *Bench) bursts(ctx context.Context, report *Report) error {
	for _, s := range b.options.Scenarios {
		if s.Name != "health" && s.Name != "verify" {
			continue
		}
		b.progress("%s: bursts of %d", s.Name, burstSize)
		contenders, err := b.contenders(ctx, s, 0, burst(burstSize, 200*time.Millisecond))
		if err != nil {
			return err
		}
		list, err := alternate(ctx, b.options.Rounds, contenders)
		if err != nil {
			return err
		}
		report.add(s.Name+"/burst", fmt.Sprintf("%d requests at once after a pause, until the last is answered", burstSize), unitTime, list)
	}
	return nil
}

func (b *Bench) loads(ctx context.Context, report *Report) error {
	for _, s := range b.options.Scenarios {
		if !slices.Contains([]string{"health", "verify", "login"}, s.Name) {
			continue
		}
		for _, n := range b.options.Clients {
			b.progress("%s: %d clients", s.Name, n)
			contenders, err := b.contenders(ctx, s, 0, sustained(n, b.options.Slice))
			if err != nil {
				return err
			}
			list, err := alternate(ctx, b.options.Rounds, contenders)
			if err != nil {
				return err
			}
			report.add(fmt.Sprintf("%s/%d", s.Name, n), fmt.Sprintf("%s, %d clients without a pause", s.Summary, n), unitRate, list)
		}
	}
	return nil
}

// memories measures what the services hold after all that came before, then instances and isolates apart.
func (b *Bench) memories(ctx context.Context, report *Report) error {
	for _, r := range b.options.Runtimes {
		report.Memory = append(report.Memory, Memory{r.Name, b.clients[r.Name].service.memory()})
	}
	if err := b.instances(ctx, report); err != nil {
		return err
	}
	return b.isolates(ctx, report)
}
