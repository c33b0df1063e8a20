package audit

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
)

var root = filepath.Join("..", "..")

// Every rule finds what breaks it in a package that does little else, and nothing in what stands beside it.
func TestRulesFindWhatBreaksThem(t *testing.T) {
	abs, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	dirs, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	var bad []string
	for _, d := range dirs {
		bad = append(bad, "./harness/audit/testdata/"+d.Name())
	}
	handlers := map[string]string{"(*tracedge/harness/audit/testdata/endpoints.service).routed": "GET /routed"}
	c, err := load(root, handlers, append(bad, "./core/...")...)
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]int)
	all := &analysis.Analyzer{Name: "audit", Doc: "all rules, each finding with the name of its rule", Run: func(pass *analysis.Pass) (any, error) {
		for _, a := range c.analyzers() {
			one := *pass
			one.Report = func(d analysis.Diagnostic) {
				found[a.Name]++
				d.Message = a.Name + ": " + d.Message
				pass.Report(d)
			}
			if _, err := a.Run(&one); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}}
	analysistest.Run(t, abs, all, bad...)
	for _, r := range rules() {
		if found[r.name] == 0 {
			t.Errorf("rule %s finds nothing", r.name)
		}
	}
}

// The product keeps its promises, and every exception to them is still needed.
func TestProduct(t *testing.T) {
	handlers, err := Handlers()
	if err != nil {
		t.Fatal(err)
	}
	c, err := load(root, handlers, "./core/...")
	if err != nil {
		t.Fatal(err)
	}
	report, err := c.report()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		t.Errorf("%s: %s: %s", f.Position, f.Rule, f.Message)
	}
	if report.Coverage != 1 || len(report.Sites) < 60 || len(report.Routes) != len(handlers) || report.Sections < 60 || report.Locks < 20 {
		t.Errorf("coverage %v of %d calls, %d of %d handlers, %d sections, %d locks",
			report.Coverage, len(report.Sites), len(report.Routes), len(handlers), report.Sections, report.Locks)
	}
	for _, e := range c.unneeded() {
		t.Errorf("nothing needs the exception for %s: take it out", e)
	}
	for _, r := range report.Routes {
		if r.Endpoint == "POST /api/auth/login" && !slices.Contains(r.Labels, "accounts_find_user_by_name") {
			t.Errorf("a login reaches %v", r.Labels)
		}
		if slices.Contains(r.Labels, "errors_add_counts") {
			t.Errorf("%s reaches what an instance does after a response", r.Endpoint)
		}
	}
}

// unneeded are the exceptions without which the rules would find nothing either.
func (c *code) unneeded() (out []string) {
	used := make(map[string]int)
	for _, x := range c.labelled() {
		used["area "+areaOf(x.label)+" "+base(pathOf(x.in))]++
		used["label "+x.label]++
		if x.label == "" && !x.given {
			used["unwritten "+name(x.in)]++
		}
	}
	for _, f := range c.functions {
		for in := range instructions(f) {
			if c.writes(in) != "" {
				used["writer "+name(outermost(f))]++
			}
		}
	}
	for _, a := range areas() {
		if key := "area " + a.area + " " + a.pkg; used[key] == 0 {
			out = append(out, key)
		}
	}
	for label := range repeated() {
		if used["label "+label] < 2 {
			out = append(out, "label "+label)
		}
	}
	for f := range unwritten() {
		if used["unwritten "+f] == 0 {
			out = append(out, f)
		}
	}
	for f := range writers() {
		if used["writer "+f] == 0 {
			out = append(out, f)
		}
	}
	return out
}

// A kind that nothing makes is found, and so is a handler that does not exist.
func TestKindsThatNothingMakes(t *testing.T) {
	c, err := load(root, map[string]string{"nobody": "GET /nothing"}, "./core/fault")
	if err != nil {
		t.Fatal(err)
	}
	if kinds, found := c.kindUses(), c.kinds(); len(kinds) != 14 || len(found) < 10 {
		t.Fatalf("%d kinds, %d findings", len(kinds), len(found))
	}
	lost := c.lost()
	if len(lost) != 1 || lost[0].Position != "GET /nothing" {
		t.Errorf("lost handlers: %v", lost)
	}
}

func TestNoModule(t *testing.T) {
	if _, err := Run("testdata", nil); err == nil {
		t.Error("nothing to audit is no error")
	}
}
