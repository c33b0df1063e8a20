package web

import (
	"errors"
	"fmt"
	"slices"
)

// Table is a checked set of routes. It may be used concurrently.
type Table struct {
	entries []*entry
	root    node
}

// entry is a route with what serving it needs.
type entry struct {
	route Route
	query *queryType
	gate  *Gate // nil is none
}

// NewTable checks routes and builds the router. The error names every fault of every route: a route without class, doc or
// handler, a malformed pattern, two routes for the same method and path.
func NewTable(groups ...[]Route) (*Table, error) {
	t := new(Table)
	var problems []error
	for _, r := range slices.Concat(groups...) {
		if err := t.add(r); err != nil {
			problems = append(problems, fmt.Errorf("web: route %s %s: %w", r.Method, r.Pattern, err))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *Table) add(r Route) error {
	if err := checkRoute(r); err != nil {
		return err
	}
	plan, err := queryPlan(r.Query)
	if err != nil {
		return err
	}
	e := &entry{route: r, query: plan, gate: r.Gate}
	if e.gate == nil && r.Concurrent > 0 {
		e.gate = NewGate(r.Concurrent)
	}
	t.entries = append(t.entries, e)
	for _, path := range append([]string{r.Pattern}, r.Aliases...) {
		if err := t.root.insert(e, path); err != nil {
			return err
		}
	}
	return nil
}

// Routes are the routes in the order given.
func (t *Table) Routes() []Route {
	out := make([]Route, len(t.entries))
	for i, e := range t.entries {
		out[i] = e.route
	}
	return out
}
