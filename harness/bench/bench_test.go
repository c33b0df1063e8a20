package bench

import (
	"bytes"
	"context"
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// sample is a report in which b takes twice as long as a in every round, however the rounds differ.
func sample() *Report {
	r := &Report{}
	var a, b Series
	a.Runtime, b.Runtime = "a", "b"
	for i := range 12 {
		v := float64(1 + i%4)
		a.Rounds, b.Rounds = append(a.Rounds, v), append(b.Rounds, 2*v)
		a.All, b.All = append(a.All, time.Duration(v)*time.Millisecond), append(b.All, time.Duration(2*v)*time.Millisecond)
	}
	r.add("x", "of a <test>", unitTime, []Series{a, b})
	return r
}

func TestRatiosAreTakenWithinRounds(t *testing.T) {
	f, ok := sample().ratio("x", "b", "a")
	if !ok || f != (Figure{2, 2, 2, 12}) {
		t.Errorf("the ratio is %+v, %t", f, ok)
	}
	if _, ok := sample().ratio("x", "c", "a"); ok {
		t.Error("a runtime that was not measured has a ratio")
	}
}

func TestBudgetsLeaveRoomForNoise(t *testing.T) {
	for _, c := range []struct {
		budget Budget
		figure Figure
		kept   bool
	}{
		{Budget{AtMost: new(2.0)}, Figure{Center: 3, Low: 1.9, High: 4}, true},
		{Budget{AtMost: new(2.0)}, Figure{Center: 3, Low: 2.1, High: 4}, false},
		{Budget{AtLeast: new(2.0)}, Figure{Center: 1, Low: 0.5, High: 2.1}, true},
		{Budget{AtLeast: new(2.0)}, Figure{Center: 1, Low: 0.5, High: 1.9}, false},
	} {
		if got := c.budget.holds(c.figure); got != c.kept {
			t.Errorf("%+v of %+v is kept: %t", c.budget, c.figure, got)
		}
	}
	r := sample()
	kept, err := r.Judge([]Budget{{Name: "good", Measure: "x", Over: "b", Under: "a", AtMost: new(2.0)}, {Name: "bad", Measure: "x", Over: "b", Under: "a", AtLeast: new(3.0)}})
	if kept || err != nil || !r.Verdicts[0].Kept || r.Verdicts[1].Kept {
		t.Errorf("%t, %v, %+v", kept, err, r.Verdicts)
	}
	if _, err := sample().Judge([]Budget{{Name: "unmeasured", Measure: "y", AtMost: new(1.0)}}); err == nil {
		t.Error("a budget of what was not measured passes")
	}
}

// Every budget of the repository speaks of something that a run measures.
func TestBudgetsOfTheRepository(t *testing.T) {
	list, err := Budgets()
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	for _, b := range list {
		if b.Name == "" || (b.AtLeast == nil) == (b.AtMost == nil) {
			t.Errorf("%+v has no name or not one limit", b)
		}
		for _, name := range []string{b.Over, b.Under} {
			if name == "" {
				continue
			}
			if _, err := findRuntime(name); err != nil {
				t.Error(err)
			}
		}
		scenario, _, _ := strings.Cut(b.Measure, "/")
		if scenario == "module" || scenario == "bcrypt" {
			continue
		}
		if _, err := findScenario(scenario); err != nil {
			t.Error(err)
		}
	}
}

func TestFormats(t *testing.T) {
	for _, format := range Formats() {
		var out bytes.Buffer
		if err := sample().Write(&out, format); err != nil {
			t.Fatal(format, err)
		}
		if !strings.Contains(out.String(), "x") || !strings.Contains(out.String(), "2.00") && format != "json" {
			t.Errorf("%s lacks the figures:\n%s", format, out.String())
		}
		if format != "svg" {
			continue
		}
		for d := xml.NewDecoder(&out); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Each contender has one turn in each round, and the first round does not count.
func TestContendersAlternate(t *testing.T) {
	var turns []string
	contend := func(name string) contender {
		return contender{Runtime{Name: name}, nil, nil, func(context.Context) ([]time.Duration, float64, error) {
			turns = append(turns, name)
			return []time.Duration{1}, 1, nil
		}}
	}
	list, err := alternate(t.Context(), 5, []contender{contend("a"), contend("b"), contend("c")})
	if err != nil || len(list) != 3 || len(list[0].Rounds) != 5 || len(list[2].All) != 5 {
		t.Fatal(list, err)
	}
	for round := range slices.Chunk(turns, 3) {
		slices.Sort(round)
		if strings.Join(round, "") != "abc" {
			t.Errorf("a round is %v", round)
		}
	}
}

func TestStatOfAProcess(t *testing.T) {
	name, group := parseStat("1234 (a (b) c) S 1 77 1234 0 -1")
	if name != "a (b) c" || group != 77 {
		t.Errorf("%q, %d", name, group)
	}
	if name, group := parseStat("nonsense"); name != "" || group != 0 {
		t.Errorf("%q, %d", name, group)
	}
}

func TestQuantile(t *testing.T) {
	sorted := []time.Duration{1, 2, 3, 4}
	for q, want := range map[float64]time.Duration{0.5: 2, 0.99: 4, 0.25: 1} {
		if got := quantile(sorted, q); got != want {
			t.Errorf("the quantile %v is %d, want %d", q, got, want)
		}
	}
	if quantile(nil, 0.5) != 0 {
		t.Error("nothing has a quantile")
	}
}
