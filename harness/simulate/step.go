package simulate

import (
	"encoding/json"
	"slices"
	"strings"
)

// request is what the simulation understands of a call's argument.
type request struct {
	Partition string `json:"partition"`
	Token     string `json:"token"`
	Keys      []string
	Scans     []scan
	Reads     []pair
	Ranges    []span
	Puts      []put
	Deletes   []string
	Adds      []put
}

type scan struct {
	Prefix, After string
	Limit         int
	Reverse       bool
}

type span struct {
	Prefix, After, Until string
	Reverse              bool
	Count                int
	Max                  int64
}

type put struct {
	Key     string `json:"k"`
	Doc     string `json:"d"`
	N       int64  `json:"n"`
	Min     *int64 `json:"min"`
	Max     *int64 `json:"max"`
	Expires int64  `json:"x"`
	Edge    string `json:"e"`
}

// pair is a key with a number, [key, n] in JSON.
type pair struct {
	Key string
	N   int64
}

func (p *pair) UnmarshalJSON(b []byte) error {
	parts := []any{&p.Key, &p.N}
	return json.Unmarshal(b, &parts)
}

func (p pair) MarshalJSON() ([]byte, error) { return json.Marshal([]any{p.Key, p.N}) }

func parse(text string) request {
	var r request
	_ = json.Unmarshal([]byte(text), &r) // what is no request has no parts
	return r
}

// stepOf names what a call does by the kind of its partition and the areas that
// it writes to: the steps of a saga differ in that.
func stepOf(c *call) string {
	kind, _, _ := strings.Cut(c.Object, "/")
	if !c.commit {
		return "read " + kind
	}
	r := parse(c.request)
	var areas []string
	note := func(sign, key string) {
		rest := strings.TrimPrefix(key, c.Object+"/")
		area, _, _ := strings.Cut(rest, "/")
		if area = sign + area; !slices.Contains(areas, area) {
			areas = append(areas, area)
		}
	}
	for _, p := range r.Puts {
		note("", p.Key)
	}
	for _, p := range r.Adds {
		note("+", p.Key)
	}
	for _, k := range r.Deletes {
		note("-", k)
	}
	slices.Sort(areas)
	return "commit " + kind + " " + strings.Join(areas, ",")
}
