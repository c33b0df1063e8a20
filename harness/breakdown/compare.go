package breakdown

import (
	"cmp"
	"math"
	"slices"
)

// Change is a measure before and after.
type Change struct {
	Group   string  `json:"group"`   // total, latency, error_kind, endpoint, storage
	Measure string  `json:"measure"` // within its group
	Before  float64 `json:"before"`
	After   float64 `json:"after"`
	Worse   float64 `json:"worse"`  // After - Before: more of any measure is worse
	Factor  float64 `json:"factor"` // how many times as much, see Compare
	Unit    string  `json:"unit"`   // share (0 to 1) or ms
}

// Below these, measures of a log are noise: a change from 0 to one in a million is no reason to be alarmed, and comes
// after a rate that doubled. Nor is a rate more exact than one request of those that it is made of.
const (
	shareFloor   = 0.001
	latencyFloor = 1.0 // ms
)

// Compare sets two reports side by side, what got worse first: by the factor between the two values, each with a floor
// added. So shares and latencies stand in one list.
func Compare(before, after Report) []Change {
	var c comparison
	c.share("total", "server errors", rate{before.ServerRate, before.Requests}, rate{after.ServerRate, after.Requests})
	c.share("total", "errors", rate{before.ErrorRate, before.Requests}, rate{after.ErrorRate, after.Requests})
	c.share("total", "failures without a record", before.Coverage.lost(), after.Coverage.lost())
	c.latency("all", before.All, after.All)
	c.latency("logins", before.Logins, after.Logins)
	c.latency("errors", before.Failed, after.Failed)
	c.latency("CPU time", before.CPU, after.CPU)
	c.union("error_kind", rates(before.Kinds, before.Requests), rates(after.Kinds, after.Requests))
	c.union("endpoint", before.endpointRates(&after), after.endpointRates(&before))
	c.union("storage", before.storageRates(), after.storageRates())
	slices.SortStableFunc(c.changes, func(x, y Change) int {
		return cmp.Or(cmp.Compare(y.Factor, x.Factor), cmp.Compare(x.Group, y.Group), cmp.Compare(x.Measure, y.Measure))
	})
	return c.changes
}

// rate is a share of so many.
type rate struct {
	value float64
	of    int64
}

// lost is the share of failures that left no record.
func (c Coverage) lost() rate { return rate{share(c.Failed-c.Covered, c.Failed), c.Failed} }

// comparison collects changes.
type comparison struct{ changes []Change }

func (c *comparison) add(group, name, unit string, before, after, floor float64) {
	factor := (after + floor) / (before + floor)
	c.changes = append(c.changes, Change{group, name, before, after, after - before, math.Round(factor*1000) / 1000, unit})
}

func (c *comparison) share(group, name string, before, after rate) {
	floor := shareFloor
	for _, r := range []rate{before, after} {
		if r.of > 0 {
			floor = math.Max(floor, 1/float64(r.of))
		}
	}
	c.add(group, name, shareUnit, before.value, after.value, floor)
}

// latency compares where both have something.
func (c *comparison) latency(of string, before, after Latency) {
	if before.Count == 0 || after.Count == 0 {
		return
	}
	c.add("latency", of+" p50", msUnit, before.P50, after.P50, latencyFloor)
	c.add("latency", of+" p95", msUnit, before.P95, after.P95, latencyFloor)
	c.add("latency", of+" p99", msUnit, before.P99, after.P99, latencyFloor)
}

// union compares what either side has. One that it does not have is 0 there.
func (c *comparison) union(group string, before, after map[string]rate) {
	for name, r := range before {
		c.share(group, name, r, after[name])
	}
	for name, r := range after {
		if _, both := before[name]; !both {
			c.share(group, name, rate{}, r)
		}
	}
}

func rates(list []Count, of int64) map[string]rate {
	out := make(map[string]rate, len(list))
	for _, c := range list {
		out[c.Name] = rate{share(c.Count, of), of}
	}
	return out
}

// endpointRates are the error rates of the endpoints that are listed in this report or in the other one.
func (r *Report) endpointRates(other *Report) map[string]rate {
	listed := make(map[string]bool)
	for _, e := range append(slices.Clone(r.Endpoints), other.Endpoints...) {
		listed[e.Name] = e.Name != noRecord // all that are listed there failed
	}
	out := make(map[string]rate)
	for _, e := range r.endpoints {
		if listed[e.Name] {
			out[e.Name] = rate{e.Rate, e.Requests}
		}
	}
	return out
}

func (r *Report) storageRates() map[string]rate {
	out := make(map[string]rate)
	for _, o := range r.Storage {
		if o.Errors > 0 {
			out[o.Label] = rate{o.Rate, o.Calls}
		}
	}
	return out
}
