package audit

import (
	"fmt"
	"go/token"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/ssa"
)

// finding is a broken promise where it stands in the code.
type finding struct {
	pos     token.Pos
	message string
	chain   []*ssa.Function // the functions on the way there, where there is a way
}

// rule is one promise and what finds its breaches in the whole code.
type rule struct {
	name string
	doc  string
	run  func(*code) []finding
}

func rules() []rule {
	return []rule{
		{"label", "every storage call has a label of its own, written at the call, in the area of its package", (*code).labels},
		{"endpoint", "every handler that reaches storage belongs to a route", (*code).endpoints},
		{"backend", "nothing goes past the store", (*code).backends},
		{"section", "nothing slow, random or shared stands inside an update", (*code).sections},
		{"mutex", "no mutex is held across storage, I/O or a channel, or when its function returns", (*code).mutexes},
		{"kind", "a request can meet every error_kind of the contract, and no other", (*code).kinds},
		{"response", "a response goes out in one place, and one function makes it of a failure", (*code).responses},
		{"errortext", "no text of an error is in a response", (*code).errorTexts},
	}
}

// analyzers are the rules for a driver of go/analysis. A rule looks at the whole code once, and each pass reports what was
// found in its files. Passes may have a file set of their own: places are handed over by file and offset.
func (c *code) analyzers() (out []*analysis.Analyzer) {
	for _, r := range rules() {
		byFile := sync.OnceValues(func() (map[string][]finding, error) {
			m := make(map[string][]finding)
			for _, f := range r.run(c) {
				if !f.pos.IsValid() {
					return nil, fmt.Errorf("%s: %s, at no known place", r.name, f.message)
				}
				file := c.fset.Position(f.pos).Filename
				m[file] = append(m[file], f)
			}
			return m, nil
		})
		out = append(out, &analysis.Analyzer{Name: r.name, Doc: r.doc, Run: func(pass *analysis.Pass) (any, error) {
			findings, err := byFile()
			if err != nil {
				return nil, err
			}
			for _, file := range pass.Files {
				f := pass.Fset.File(file.FileStart)
				for _, found := range findings[f.Name()] {
					d := analysis.Diagnostic{Pos: f.Pos(c.fset.Position(found.pos).Offset), Category: r.name, Message: found.message}
					for _, on := range found.chain {
						d.Related = append(d.Related, analysis.RelatedInformation{Pos: d.Pos, Message: name(on)})
					}
					pass.Report(d)
				}
			}
			return nil, nil
		}})
	}
	return out
}

// check runs all rules over the packages.
func (c *code) check() ([]Finding, error) {
	graph, err := checker.Analyze(c.analyzers(), c.packages, &checker.Options{Sequential: true})
	if err != nil {
		return nil, err
	}
	out := []Finding{}
	type identity struct{ rule, position, message string }
	seen := make(map[identity]bool)
	for _, action := range graph.Roots {
		if action.Err != nil {
			return nil, action.Err
		}
		for _, d := range action.Diagnostics {
			f := Finding{Rule: d.Category, Position: c.at(d.Pos), Message: d.Message}
			for _, r := range d.Related {
				f.Chain = append(f.Chain, r.Message)
			}
			if id := (identity{f.Rule, f.Position, f.Message}); !seen[id] {
				seen[id] = true
				out = append(out, f)
			}
		}
	}
	return out, nil
}
