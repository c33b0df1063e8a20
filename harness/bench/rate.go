package bench

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"tracedge/harness/load"
)

// Rate is how a service answers requests that become due at a constant rate, whatever it does: `tracedge load`. Latency counts
// from when each was due.
type Rate struct {
	Scenario string  `json:"scenario"`
	RPS      float64 `json:"rps"`
	Seconds  float64 `json:"seconds"`
	Runtime  string  `json:"runtime"`
	Requests int64   `json:"requests"`
	Failed   int64   `json:"failed"`
	Mean     float64 `json:"mean_ms"`
	P95      float64 `json:"p95_ms"`
	P99      float64 `json:"p99_ms"`
}

// oldService is what the service that this one replaces took for logins.
var oldService = Rate{Scenario: "login", RPS: 15, Seconds: 60, Runtime: "the old service", Mean: 721, P95: 930, P99: 1041}

// rates loads one service after the other: a rate that is kept has no turns.
func (b *Bench) rates(ctx context.Context, report *Report) error {
	for _, r := range b.options.Runtimes {
		if !slices.Contains([]string{"wazero", "workerd"}, r.Name) {
			continue
		}
		for _, o := range []load.Options{{Scenario: "login", Rate: 15}, {Scenario: "verify", Rate: 200}} {
			o.Duration, o.Concurrency, o.Users = b.options.Span, 256, 20
			b.progress("%s: %s at %.0f/s for %s", r.Name, o.Scenario, o.Rate, o.Duration)
			got, err := load.Run(ctx, load.NewClient(b.clients[r.Name].service.URL, 30*time.Second, o.Concurrency), o, io.Discard)
			if err != nil {
				return fmt.Errorf("%s at a rate: %w", o.Scenario, err)
			}
			l := got.Total.Latency
			report.Rates = append(report.Rates, Rate{
				o.Scenario, o.Rate, o.Duration.Seconds(), r.Name, got.Requests, got.Failed, float64(l.Mean), float64(l.P95), float64(l.P99),
			})
		}
	}
	return nil
}

func (r *Report) writeRates(t table) {
	if len(r.Rates) == 0 {
		return
	}
	t.title("At a constant rate")
	t.head("scenario", "rate/s", "runtime", "requests", "failed", "mean ms", "p95 ms", "p99 ms")
	rates := slices.Clone(r.Rates)
	slices.SortStableFunc(rates, func(a, b Rate) int { return int(a.RPS - b.RPS) })
	for _, s := range append([]Rate{oldService}, rates...) {
		requests, failed := fmt.Sprint(s.Requests), fmt.Sprint(s.Failed)
		if s.Requests == 0 {
			requests, failed = "", ""
		}
		t.row(s.Scenario, number(s.RPS), s.Runtime, requests, failed, number(s.Mean), number(s.P95), number(s.P99))
	}
}
