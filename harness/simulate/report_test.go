package simulate_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"tracedge/harness/simulate"
)

func summary() *simulate.Summary {
	return &simulate.Summary{
		Mode: simulate.Sequencer, Seeds: 30, Took: time.Minute, Simulated: 3 * time.Hour, Workers: 2, Judged: true,
		Happened: map[simulate.Kind]int{simulate.CallLost: 7}, ErrorKinds: map[string]int{"conflict": 3},
		Steps: map[string]int{"commit user account": 9, "read user": 1}, Broken: map[string]int{"commit user account": 2},
		Missing: []string{"fault kv_list_empty"},
		Failures: []*simulate.Failure{{
			Seed: 7, Violations: []simulate.Violation{{Property: "a name has one owner", Detail: "<ana>"}},
			Command: simulate.ReplayCommand(7, simulate.KVOnly, "keys", []string{"0.1", "2.3"}, []int{}),
		}},
	}
}

func TestReports(t *testing.T) {
	s := summary()
	const command = "go run ./harness/cmd/tracedge simulate --replay 7 --mode kv-only --scenario keys --only-faults none --only-steps 0.1,2.3"
	var text, html strings.Builder
	if err := s.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	if err := s.WriteHTML(&html); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"30 seeds, 1 failed", "0.50 seeds per second on 2 cores, 3.0 simulated hours per real minute", "NEVER: fault kv_list_empty", "FAIL seed 7", "1 of 1 kinds of commits", command} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}
	for _, want := range []string{"&lt;ana&gt;", command, "Never: fault kv_list_empty", "<td>call_lost</td><td>7</td>"} {
		if !strings.Contains(html.String(), want) {
			t.Errorf("no %q in\n%s", want, html.String())
		}
	}
	raw, err := json.Marshal(s)
	if err != nil || !strings.Contains(string(raw), `"seed":7`) {
		t.Errorf("%s %v", raw, err)
	}
	if !s.Failed() {
		t.Error("it counts as good")
	}
}
