package audit

import (
	"cmp"
	"slices"
)

// Finding is a broken promise.
type Finding struct {
	Rule     string `json:"rule"`
	Position string `json:"position"` // file:line
	Message  string `json:"message"`
}

// KindUse is an error_kind of the contract and whether something makes it.
type KindUse struct {
	Kind   string `json:"error_kind"`
	Made   bool   `json:"made"`
	Reason string `json:"reason,omitempty"` // why not yet
}

// Report is the outcome of an audit.
type Report struct {
	Sites    []Site        `json:"storage_calls"`
	Routes   []RouteLabels `json:"routes"`
	Sections int           `json:"critical_sections"`
	Locks    int           `json:"locks"`
	Kinds    []KindUse     `json:"error_kinds"`
	Findings []Finding     `json:"findings"`
}

func (r *Report) find(rule, position, message string) {
	r.Findings = append(r.Findings, Finding{rule, position, message})
}

// Coverage is the share of storage calls without a finding about their label, 0 to 1.
func (r Report) Coverage() float64 {
	if len(r.Sites) == 0 {
		return 1
	}
	bad := make(map[string]bool)
	for _, f := range r.Findings {
		if f.Rule == "label" {
			bad[f.Position] = true
		}
	}
	return max(0, 1-float64(len(bad))/float64(len(r.Sites)))
}

// Run audits the packages below core/ of the module in dir. Handlers maps the name of each route's handler, as the
// runtime gives it, to its endpoint.
func Run(dir string, handlers map[string]string) (Report, error) {
	c, err := load(dir, nil, "./core/...")
	if err != nil {
		return Report{}, err
	}
	return c.run(handlers), nil
}

func (c *code) run(handlers map[string]string) Report {
	r := Report{Findings: []Finding{}}
	c.coverage(handlers, &r)
	c.sections(&r)
	c.mutexes(&r)
	c.kinds(&r)
	c.responses(&r)
	slices.SortFunc(r.Kinds, func(a, b KindUse) int { return cmp.Compare(a.Kind, b.Kind) })
	slices.SortFunc(r.Sites, func(a, b Site) int { return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.Position, b.Position)) })
	slices.SortFunc(r.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Position, b.Position), cmp.Compare(a.Message, b.Message))
	})
	r.Findings = slices.Compact(r.Findings)
	return r
}
