package audit

import (
	"maps"

	"golang.org/x/tools/go/ssa"
)

// The origins of a storage call other than a route.
const (
	everyRequest = "(every request)"        // what stands before and after each handler
	background   = "(background)"           // after a response, or scheduled
	machinery    = "(any commit, or sweep)" // inside package storage
)

// origins are where each label is reached from: endpoints, and the origins above. What assembling the program reaches are
// kinds of rows, which are delivered in the background.
func (c *code) origins(routes []RouteLabels) map[string][]string {
	out := make(map[string][]string)
	for _, r := range routes {
		for _, label := range r.Labels {
			out[label] = append(out[label], r.Endpoint)
		}
	}
	always := make(map[string]bool)
	for _, f := range c.servers() {
		maps.Copy(always, c.reaches(f, c.isRouted))
	}
	for label := range always {
		out[label] = append(out[label], everyRequest)
	}
	later := make(map[string]bool)
	for _, f := range c.functions {
		if pathOf(f) == appPath && f.Object() != nil && f.Object().Exported() {
			maps.Copy(later, c.reaches(f, c.isRouted))
		}
	}
	for label := range later {
		if !always[label] {
			out[label] = append(out[label], background)
		}
	}
	return out
}

// servers are the functions through which every request goes.
func (c *code) servers() (out []*ssa.Function) {
	for _, f := range c.functions {
		if pathOf(f) == webPath && name(f) == "(*web.Server).Serve" {
			out = append(out, f)
		}
	}
	return out
}

// requests is everything that a request reaches, package storage included: its handler, what stands around that, and the
// variables of packages, which are there already. When no route is known it is everything but package fault.
func (c *code) requests() map[*ssa.Function]bool {
	seen := make(map[*ssa.Function]bool)
	var todo []*ssa.Function
	for _, f := range c.functions {
		if c.isRouted(f) || len(c.handlers) == 0 && pathOf(f) != faultPath {
			todo = append(todo, f)
		}
	}
	todo = append(append(todo, c.servers()...), c.inits...)
	for len(todo) > 0 {
		f := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !seen[f] {
			seen[f] = true
			todo = append(todo, c.allBelow(f)...)
		}
	}
	return seen
}
