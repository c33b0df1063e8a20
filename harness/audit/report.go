package audit

import (
	"cmp"
	"maps"
	"slices"
)

// Finding is a broken promise.
type Finding struct {
	Rule     string   `json:"rule"`
	Position string   `json:"position"` // file:line
	Message  string   `json:"message"`
	Chain    []string `json:"chain,omitempty"` // the functions on the way there, the first caller first
}

// Site is a labelled call of the store.
type Site struct {
	Label    string   `json:"label"`
	Call     string   `json:"call"` // the method of package storage
	Position string   `json:"position"`
	Function string   `json:"function"`
	Reached  []string `json:"reached_from"` // endpoints, and "(every request)" and the like
}

// RouteLabels are the labels that the handler of a route reaches.
type RouteLabels struct {
	Endpoint string   `json:"endpoint"`
	Handler  string   `json:"handler"`
	Labels   []string `json:"labels"`
}

// File sums up what stands in one file.
type File struct {
	File     string `json:"file"`
	Calls    int    `json:"storage_calls"`
	Sections int    `json:"critical_sections"`
	Locks    int    `json:"locks"`
	Findings int    `json:"findings"`
}

// KindUse is an error_kind of the contract and whether a request can meet it.
type KindUse struct {
	Kind   string `json:"error_kind"`
	Made   bool   `json:"made"`
	Reason string `json:"reason,omitempty"` // why not yet
}

// Report is the outcome of an audit.
type Report struct {
	Coverage   float64       `json:"coverage"` // share of storage calls without a finding about their label, 0 to 1
	Sites      []Site        `json:"storage_calls"`
	Routes     []RouteLabels `json:"routes"`
	Files      []File        `json:"files"`
	Sections   int           `json:"critical_sections"`
	Locks      int           `json:"locks"`
	Kinds      []KindUse     `json:"error_kinds"`
	Exceptions []Exception   `json:"exceptions"`
	Findings   []Finding     `json:"findings"`
}

// Run audits the packages below core/ of the module in dir. Handlers maps the name of each route's handler, as SSA calls
// it, to its endpoint; see Handlers.
func Run(dir string, handlers map[string]string) (Report, error) {
	c, err := load(dir, handlers, "./core/...")
	if err != nil {
		return Report{}, err
	}
	return c.report()
}

func (c *code) report() (Report, error) {
	found, err := c.check()
	if err != nil {
		return Report{}, err
	}
	r := Report{Routes: c.routes(), Kinds: c.kindUses(), Exceptions: exceptions(), Findings: append(found, c.lost()...)}
	origins := c.origins(r.Routes)
	for _, x := range c.labelled() {
		if _, known := unwritten()[name(x.in)]; x.sends() || x.label == "" && (x.given || known) {
			continue // the label stands elsewhere
		}
		s := Site{x.label, x.calls.Name(), c.at(x.pos()), name(x.in), origins[x.label]}
		if pathOf(x.in) == storagePath {
			s.Reached = []string{machinery}
		}
		if len(s.Reached) == 0 {
			r.Findings = append(r.Findings, Finding{Rule: "endpoint", Position: s.Position, Message: "neither a request nor background work reaches this storage call"})
		}
		r.Sites = append(r.Sites, s)
	}
	slices.SortFunc(r.Sites, func(a, b Site) int { return cmp.Or(cmp.Compare(a.Label, b.Label), byPosition(a.Position, b.Position)) })
	slices.SortFunc(r.Exceptions, func(a, b Exception) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Subject, b.Subject))
	})
	slices.SortFunc(r.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), byPosition(a.Position, b.Position), cmp.Compare(a.Message, b.Message))
	})
	r.count(c)
	return r, nil
}

// count fills in what is summed up: by file, and in all.
func (r *Report) count(c *code) {
	files := make(map[string]*File)
	at := func(file string) *File {
		if files[file] == nil {
			files[file] = &File{File: file}
		}
		return files[file]
	}
	unlabelled := make(map[string]bool)
	for _, s := range r.Sites {
		at(fileOf(s.Position)).Calls++
	}
	for _, f := range c.sectionRoots() {
		at(c.file(f.Pos())).Sections++
		r.Sections++
	}
	for file, n := range c.locks() {
		at(file).Locks += n
		r.Locks += n
	}
	for _, f := range r.Findings {
		if file := fileOf(f.Position); file != "" {
			at(file).Findings++
		}
		if f.Rule == "label" {
			unlabelled[f.Position] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		r.Files = append(r.Files, *files[name])
	}
	r.Coverage = 1
	if len(r.Sites) > 0 {
		r.Coverage = max(0, 1-float64(len(unlabelled))/float64(len(r.Sites)))
	}
}
