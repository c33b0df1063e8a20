package bench

import (
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// measured is a report with something of every part that a document has.
func measured() *Report {
	r := sample()
	r.Command, r.Measurements = "the command", nil
	for _, name := range []string{"health", "login", "start", "start/instance", "bcrypt", "health/8", "verify/burst"} {
		unit := unitTime
		if name == "health/8" {
			unit = unitRate
		}
		var list []Series
		for i, runtime := range []string{"native", "wazero", "plain"} {
			list = append(list, Series{Runtime: runtime, Rounds: []float64{float64(1 + i), float64(2 + 2*i)}, CPU: 7})
		}
		r.add(name, "of a <test>", unit, list)
	}
	for _, runtime := range []string{"native", "wazero"} {
		for _, n := range []int{10, 1000} {
			f := Figure{float64(n), float64(n), float64(n), 3}
			r.Growth = append(r.Growth, Growth{Scenario: "login", Of: "accounts", Runtime: runtime, Records: n, Time: f, Ratio: f, HostCalls: 3})
		}
	}
	r.Counts = []Count{{Scenario: "health"}}
	r.Rates = []Rate{{Scenario: "login", RPS: 15, Runtime: "wazero", Requests: 3}}
	r.Memory = []Memory{{"native", 3}}
	r.Instances, r.IsolateMemory, r.StartCost = []InstanceMemory{{"health", 8, 9}}, &IsolateMemory{Instances: 8}, &StartCost{Slowest: "time"}
	r.Verdicts = []Verdict{{Budget: Budget{Name: "good", AtMost: new(1.0)}, Kept: true}}
	return r
}

// Every part of docs/performance.md can be made, and all that a run makes has its place there.
func TestPartsOfTheDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/performance.md")
	if err != nil {
		t.Fatal(err)
	}
	r := measured()
	for name := range r.parts() {
		if n := strings.Count(string(text), "<!-- bench: "+name+" -->"); n != 1 {
			t.Errorf("the document has %d parts %s", n, name)
		}
	}
	if marks := strings.Count(string(text), "<!-- /bench -->"); marks != len(r.parts()) {
		t.Errorf("%d parts end", marks)
	}
	once, err := r.fill(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| login | 1.50 |", "| the old service |", "`the command`", "kept"} {
		if !strings.Contains(string(once), want) {
			t.Errorf("the document lacks %q", want)
		}
	}
	if twice, _ := r.fill(once); string(twice) != string(once) {
		t.Error("the parts are not where they were")
	}
	if same, _ := (&Report{}).fill(once); string(same) != string(once) {
		t.Error("a run that measured nothing changes the document")
	}
	if _, err := r.fill([]byte("<!-- bench: nonsense -->\n<!-- /bench -->")); err == nil {
		t.Error("an unknown part passes")
	}
}

func TestDocument(t *testing.T) {
	path := filepath.Join(t.TempDir(), "speed.md")
	if err := os.WriteFile(path, []byte("before\n<!-- bench: growth -->\n<!-- /bench -->\nafter\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := measured().Document(path); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(path)
	if got := string(text); !strings.HasPrefix(got, "before\n<!-- bench: growth -->\n") || !strings.HasSuffix(got, "<!-- /bench -->\nafter\n") || !strings.Contains(got, "x at 1,000") {
		t.Error(got)
	}
	for _, name := range []string{"ratios.svg", "growth.svg"} {
		picture, err := os.ReadFile(filepath.Join(filepath.Dir(path), "speed", name))
		if err != nil {
			t.Fatal(err)
		}
		for d := xml.NewDecoder(strings.NewReader(string(picture))); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(name, err)
			}
		}
		if strings.Contains(string(picture), "NaN") || strings.Contains(string(picture), "Inf") {
			t.Error(name, "has no numbers:", string(picture))
		}
	}
}
