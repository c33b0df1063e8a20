package audit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// reaches are the labels that a function reaches outside package storage. It does not go into functions for which stop
// holds; nil stops at none.
func (c *code) reaches(root *ssa.Function, stop func(*ssa.Function) bool) map[string]bool {
	out := make(map[string]bool)
	visit(root, func(chain []*ssa.Function) []*ssa.Function {
		f := chain[len(chain)-1]
		for site, callee := range calls(f) {
			if x, ok := c.labelledCall(site, callee); ok && x.label != "" {
				out[x.label] = true
			}
		}
		return slices.DeleteFunc(c.called(f), func(g *ssa.Function) bool { return pathOf(g) == storagePath || stop != nil && stop(g) })
	})
	return out
}

// endpoints finds handlers that reach storage and belong to no route.
func (c *code) endpoints() (out []finding) {
	for _, f := range c.functions {
		if !isHandler(f) || pathOf(f) == webPath || c.isRouted(f) {
			continue
		}
		if labels := slices.Sorted(maps.Keys(c.reaches(f, nil))); len(labels) > 0 {
			out = append(out, finding{pos: f.Pos(), message: fmt.Sprintf("%s reaches %s and belongs to no route", name(f), labels[0])})
		}
	}
	return out
}

// lost are handlers of routes that are not in the code under audit.
func (c *code) lost() (out []Finding) {
	missing := maps.Clone(c.handlers)
	for _, f := range c.functions {
		delete(missing, f.String())
	}
	for handler, endpoint := range missing {
		out = append(out, Finding{Rule: "endpoint", Position: endpoint, Message: handler + " serves it and is not in the code under audit"})
	}
	return out
}

// routes are the routes with what their handlers reach, in order of endpoint.
func (c *code) routes() (out []RouteLabels) {
	for _, f := range c.functions {
		if endpoint, ok := c.handlers[f.String()]; ok {
			out = append(out, RouteLabels{endpoint, name(f), slices.Sorted(maps.Keys(c.reaches(f, nil)))})
		}
	}
	slices.SortFunc(out, func(a, b RouteLabels) int { return strings.Compare(a.Endpoint, b.Endpoint) })
	return out
}
