package audit

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

var labelForm = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+){2,}$`)

// labels finds labels that are not written at the call, have another form, belong to another package, or stand at two
// calls.
func (c *code) labels() (out []finding) {
	first := make(map[string]call)
	sent := []call{}
	for _, x := range c.labelled() {
		find := func(format string, args ...any) {
			out = append(out, finding{pos: x.pos(), message: fmt.Sprintf(format, args...)})
		}
		_, known := unwritten()[name(x.in)]
		inStorage := pathOf(x.in) == storagePath
		switch {
		case x.label == "" && inStorage && (x.given || known): // the label of the caller
		case x.label == "":
			find("the label is not a constant")
		case !x.text:
			find("the label %q is not written at the call", x.label)
		case !labelForm.MatchString(x.label):
			find("%q is not of the form <area>_<verb>_<object>", x.label)
		case x.sends():
			sent = append(sent, x)
		default:
			if allowed := areasOf(pathOf(x.in)); !slices.Contains(allowed, areaOf(x.label)) {
				find("%q does not belong to package %s, whose areas are %s", x.label, base(pathOf(x.in)), strings.Join(allowed, ", "))
			}
			had, twice := first[x.label]
			if _, allowed := repeated()[x.label]; twice && !allowed {
				find("%q stands at %s too", x.label, c.at(had.pos()))
			} else if !twice {
				first[x.label] = x
			}
		}
	}
	for _, x := range sent {
		if _, ok := first[x.label]; !ok {
			out = append(out, finding{pos: x.pos(), message: fmt.Sprintf("no handler for rows of the kind %q is registered", x.label)})
		}
	}
	return append(out, c.labelledValues()...)
}

func areaOf(label string) string {
	area, _, _ := strings.Cut(label, "_")
	return area
}

// areasOf are the areas that a package's labels may begin with: its own name, and what the table adds.
func areasOf(path string) []string {
	out := []string{base(path)}
	for _, a := range areas() {
		if a.pkg == base(path) {
			out = append(out, a.area)
		}
	}
	return out
}

// labelledValues finds functions with a label that are passed on instead of called: the label would be given out of sight.
func (c *code) labelledValues() (out []finding) {
	for _, f := range c.functions {
		for in := range instructions(f) {
			var called ssa.Value
			if call, ok := in.(ssa.CallInstruction); ok {
				called = call.Common().Value
			}
			for _, v := range in.Operands(nil) {
				g, ok := (*v).(*ssa.Function)
				if !ok || g == called {
					continue
				}
				if g = unwrap(g); pathOf(g) == storagePath && takes(g, "label") {
					out = append(out, finding{pos: position(in), message: name(g) + " is used as a value, so its label is given out of sight"})
				}
			}
		}
	}
	return out
}
