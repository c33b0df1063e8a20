package audit

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Site is a labelled call of the store.
type Site struct {
	Label    string `json:"label"` // "" when it is no literal
	Position string `json:"position"`
	Function string `json:"function"`
}

// RouteLabels are the labels that the handler of a route reaches.
type RouteLabels struct {
	Endpoint string   `json:"endpoint"`
	Handler  string   `json:"handler"`
	Labels   []string `json:"labels"`
}

// areas are the areas of labels that are not named after their package.
func areas() map[string][]string {
	return map[string][]string{
		"auth":  {"accounts", "limits", "outbox", "resets", "auth"}, // the contract names its operations after what they keep
		"tally": {"errors"},
		"shell": {"shell", "probe"},
		"keys":  {"keys", "limits"}, // the quota of an account is counted beside that of its keys
	}
}

// repeated are labels that stand at several calls, with the reason.
func repeated() map[string]string {
	return map[string]string{
		"accounts_find_user_by_name": "one operation of the contract: for a login, which needs more of the name, and for every other look-up",
	}
}

var labelForm = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+){2,}$`)

// coverage checks the labels and who reaches storage. Handlers maps the name of each route's handler to its endpoint.
func (c *code) coverage(handlers map[string]string, r *Report) {
	places := make(map[string][]Site)
	var sent []Site
	for _, f := range c.functions {
		path := pathOf(f)
		if path == storagePath {
			continue
		}
		c.labelledValues(f, r)
		for call, callee := range calls(f) {
			text, literal, labelled := labelOf(call, callee.function)
			if !labelled {
				continue
			}
			site := Site{text, c.at(call.Pos()), name(f)}
			if isSend(callee.function) {
				// The label of a row is that of its kind, which Handle declares.
				sent = append(sent, site)
				continue
			}
			r.Sites = append(r.Sites, site)
			switch {
			case !literal:
				r.find("label", site.Position, "the label is not a literal")
			case !labelForm.MatchString(text):
				r.find("label", site.Position, fmt.Sprintf("%q is not of the form <area>_<verb>_<object>", text))
			default:
				c.belongs(path, site, r)
				places[text] = append(places[text], site)
			}
		}
	}
	for label, sites := range places {
		if _, allowed := repeated()[label]; len(sites) > 1 && !allowed {
			for _, s := range sites[1:] {
				r.find("label", s.Position, fmt.Sprintf("%q stands at %s too", label, sites[0].Position))
			}
		}
	}
	for _, s := range sent {
		if len(places[s.Label]) == 0 {
			r.find("label", s.Position, fmt.Sprintf("a row of the kind %q is sent, which is no literal or has no handler", s.Label))
		}
	}
	c.routes(handlers, r)
	c.backEnds(r)
}

// labelledValues finds labelled functions that are passed on instead of called: the label would be given out of sight.
func (c *code) labelledValues(f *ssa.Function, r *Report) {
	for _, b := range f.Blocks {
		for _, in := range b.Instrs {
			var called ssa.Value
			if call, ok := in.(ssa.CallInstruction); ok {
				called = call.Common().Value
			}
			for _, v := range in.Operands(nil) {
				g, ok := (*v).(*ssa.Function)
				if !ok || g == called {
					continue
				}
				if g = unwrap(g); pathOf(g) == storagePath && hasLabel(g) {
					r.find("label", c.at(in.Pos()), name(g)+" is used as a value, its label is given out of sight")
				}
			}
		}
	}
}

// isRow tells whether a labelled function only names a kind of rows, and calls nothing.
func isRow(f *ssa.Function) bool { return f != nil && (f.Name() == "Handle" || isSend(f)) }

func isSend(f *ssa.Function) bool { return f.Name() == "Send" || f.Name() == "SendOut" }

// belongs checks that a label's area is one of its package's.
func (c *code) belongs(path string, s Site, r *Report) {
	pkg := path[strings.LastIndexByte(path, '/')+1:]
	area, _, _ := strings.Cut(s.Label, "_")
	allowed := areas()[pkg]
	if allowed == nil {
		allowed = []string{pkg}
	}
	if !slices.Contains(allowed, area) {
		r.find("label", s.Position, fmt.Sprintf("%q does not belong to package %s, whose areas are %s", s.Label, pkg, strings.Join(allowed, ", ")))
	}
}

// routes lists what each route's handler reaches, and finds handlers that reach storage without a route.
func (c *code) routes(handlers map[string]string, r *Report) {
	missing := maps.Clone(handlers)
	for _, f := range c.functions {
		delete(missing, f.String())
		if !isHandler(f) || pathOf(f) == webPath {
			continue
		}
		labels := slices.Sorted(maps.Keys(c.labels(f)))
		endpoint, routed := handlers[f.String()]
		if routed {
			r.Routes = append(r.Routes, RouteLabels{endpoint, name(f), labels})
		} else if len(labels) > 0 {
			r.find("endpoint", c.at(f.Pos()), fmt.Sprintf("%s reaches %s and belongs to no route", name(f), labels[0]))
		}
	}
	for handler, endpoint := range missing {
		r.find("endpoint", endpoint, handler+" serves it and is not in the code under audit")
	}
	slices.SortFunc(r.Routes, func(a, b RouteLabels) int { return strings.Compare(a.Endpoint, b.Endpoint) })
}
