package breakdown

import (
	"fmt"
	"strings"
	"testing"
)

// requestsWith are as many requests as the counts say, by kind; "" is a success.
func requestsWith(ms float64, kinds map[string]int) string {
	var b strings.Builder
	for kind, n := range kinds {
		for range n {
			status := 200
			if kind != "" {
				status = 503
			}
			fmt.Fprintf(&b, `{"event":"request","level":"info","endpoint":"/%s","status_code":%d,"error_kind":%q,"duration_ms":%g,"ops":[{"op":"op_%[1]s","error_kind":%[3]q}]}`+"\n", kind, status, kind, ms)
		}
	}
	return b.String()
}

func TestCompareShowsTheWorstFirst(t *testing.T) {
	before := reportOf(t, requestsWith(100, map[string]int{"": 900, "conflict": 40, "overloaded": 20, "gone": 40}))
	after := reportOf(t, requestsWith(150, map[string]int{"": 1824, "conflict": 160, "overloaded": 10, "fresh": 6}))
	changes := Compare(before, after)
	position := make(map[string]int)
	for i, c := range changes {
		position[c.Group+" "+c.Measure] = i
		if i > 0 && c.Factor > changes[i-1].Factor {
			t.Errorf("%+v stands behind %+v", c, changes[i-1])
		}
	}
	order := []string{"error_kind fresh", "error_kind conflict", "latency all p95", "total errors", "error_kind overloaded", "error_kind gone"}
	for i := 1; i < len(order); i++ {
		a, hasA := position[order[i-1]]
		b, hasB := position[order[i]]
		if !hasA || !hasB || a >= b {
			t.Errorf("%s (%d) is not in front of %s (%d)", order[i-1], a, order[i], b)
		}
	}
	if c := changes[position["error_kind conflict"]]; c.Before != 0.04 || c.After != 0.08 || c.Unit != shareUnit {
		t.Errorf("%+v", c)
	}
	// An endpoint that only one side has is compared with nothing, and one that fails no more with its own success.
	if c := changes[position["endpoint /fresh"]]; c.Before != 0 || c.After != 1 {
		t.Errorf("%+v", c)
	}
	if c := changes[position["storage op_gone"]]; c.Before != 1 || c.After != 0 || c.Factor >= 1 {
		t.Errorf("%+v", c)
	}
	for _, c := range Compare(before, before) {
		if c.Worse != 0 || c.Factor != 1 {
			t.Errorf("with itself: %+v", c)
		}
	}
}

// One more in a million is not what got worst.
func TestNoiseIsNotWorst(t *testing.T) {
	before, after := Report{Requests: 1e6, ErrorRate: 0.01}, Report{Requests: 1e6, ErrorRate: 0.02, Kinds: []Count{{"rare", 1}}}
	before.Coverage.Share, after.Coverage.Share = 1, 1
	if changes := Compare(before, after); changes[0].Measure != "errors" {
		t.Errorf("%+v", changes[0])
	}
}

// A log without logins says nothing of how long they take.
func TestLatenciesOfNothingAreNotCompared(t *testing.T) {
	r := reportOf(t, requestsWith(10, map[string]int{"": 1}))
	for _, c := range Compare(r, r) {
		if strings.HasPrefix(c.Measure, "logins") || strings.HasPrefix(c.Measure, "CPU") {
			t.Errorf("%+v", c)
		}
	}
}
