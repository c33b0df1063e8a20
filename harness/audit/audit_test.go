package audit

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var root = filepath.Join("..", "..")

var want = regexp.MustCompile(`// want "(.*)"`)

// Every rule finds what breaks it in the bad package, at its line, and nothing else there.
func TestRulesFindWhatBreaksThem(t *testing.T) {
	text, err := os.ReadFile("testdata/bad.go.txt")
	if err != nil {
		t.Fatal(err)
	}
	abs, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	const file = "core/bad/bad.go"
	c, err := load(root, map[string][]byte{filepath.Join(abs, file): text}, "./core/bad", "./core/fault")
	if err != nil {
		t.Fatal(err)
	}
	report := c.run(map[string]string{"(*tracedge/core/bad.service).routed": "GET /routed"})
	expected := make(map[string]*regexp.Regexp)
	for n, line := range strings.Split(string(text), "\n") {
		if m := want.FindStringSubmatch(line); m != nil {
			expected[fmt.Sprintf("%s:%d", file, n+1)] = regexp.MustCompile(m[1])
		}
	}
	rules := make(map[string]bool)
	for _, f := range report.Findings {
		if !strings.HasPrefix(f.Position, file) {
			continue // kinds that only the whole program makes
		}
		pattern := expected[f.Position]
		if pattern == nil || !pattern.MatchString(f.Rule+": "+f.Message) {
			t.Errorf("not expected: %s: %s: %s", f.Position, f.Rule, f.Message)
			continue
		}
		rules[f.Rule] = true
		delete(expected, f.Position)
	}
	for position, pattern := range expected {
		t.Errorf("not found: %s: %s", position, pattern)
	}
	if len(rules) != 6 {
		t.Errorf("rules that found something: %v", rules)
	}
	if len(report.Routes) != 1 || len(report.Routes[0].Labels) != 1 || report.Routes[0].Labels[0] != "bad_read_routed" {
		t.Errorf("routes: %+v", report.Routes)
	}
	if report.Coverage() >= 1 {
		t.Error("coverage is complete in spite of its findings")
	}
}

// A kind that nothing makes is found.
func TestKindsThatNothingMakes(t *testing.T) {
	c, err := load(root, nil, "./core/fault")
	if err != nil {
		t.Fatal(err)
	}
	var r Report
	c.kinds(&r)
	if len(r.Kinds) != 14 || len(r.Findings) < 10 {
		t.Fatalf("%d kinds, findings %v", len(r.Kinds), r.Findings)
	}
}

// The product keeps its promises.
func TestProduct(t *testing.T) {
	handlers, err := Handlers()
	if err != nil {
		t.Fatal(err)
	}
	report, err := Run(root, handlers)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		t.Errorf("%s: %s: %s", f.Position, f.Rule, f.Message)
	}
	if report.Coverage() != 1 || len(report.Sites) < 40 || len(report.Routes) != len(handlers) || report.Sections < 40 {
		t.Errorf("coverage %v of %d calls, %d of %d handlers, %d sections",
			report.Coverage(), len(report.Sites), len(report.Routes), len(handlers), report.Sections)
	}
	for _, format := range Formats {
		var out bytes.Buffer
		if err := report.Write(&out, format); err != nil || !strings.Contains(out.String(), "accounts_create_user") && format != "text" {
			t.Errorf("%s: %v\n%s", format, err, &out)
		}
	}
}

// Two audits of the same code say the same, byte for byte.
func TestSame(t *testing.T) {
	var reports [2]bytes.Buffer
	for i := range reports {
		report, err := Run(root, map[string]string{"nobody": "GET /nothing"})
		if err != nil {
			t.Fatal(err)
		}
		if err := report.Write(&reports[i], "json"); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(reports[0].Bytes(), reports[1].Bytes()) {
		t.Error("two reports differ")
	}
	if !strings.Contains(reports[0].String(), "nobody serves it and is not in the code under audit") {
		t.Error("a handler that does not exist is not found")
	}
}

func TestSSANames(t *testing.T) {
	for in, out := range map[string]string{
		"tracedge/core/auth.(*Service).login":   "(*tracedge/core/auth.Service).login",
		"tracedge/core/auth.login":              "tracedge/core/auth.login",
		"tracedge/core/auth.serve.func1":        "tracedge/core/auth.serve$1",
		"tracedge/core/auth.(*T).serve.func2.1": "(*tracedge/core/auth.T).serve$2$1",
	} {
		if got := ssaName(in); got != out {
			t.Errorf("%s is called %s, want %s", in, got, out)
		}
	}
}
