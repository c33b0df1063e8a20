package servicestest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tracedge/harness/services"
)

// testObjectModel applies random batches to a few objects and compares random
// listings with a model that is too simple to be wrong.
func testObjectModel(t *testing.T, f *fixture) {
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		class := f.store.Objects(fmt.Sprint("class", round)) // a fresh one for each run
		model := map[string]map[string]string{"x": {}, "xy": {}, "y": {}}
		names := slices.Sorted(maps.Keys(model))
		key := rapid.StringMatching(`[abc/\xff]{0,3}`)
		rt.Repeat(map[string]func(*rapid.T){
			"apply": func(rt *rapid.T) {
				name := rapid.SampledFrom(names).Draw(rt, "object")
				b := services.Batch{DeleteAll: rapid.IntRange(0, 9).Draw(rt, "all") == 0}
				if b.DeleteAll {
					clear(model[name])
				}
				for i, k := range rapid.SliceOfDistinct(key, rapid.ID[string]).Draw(rt, "keys") {
					if i%3 == 2 {
						b.Deletes = append(b.Deletes, k)
						delete(model[name], k)
					} else {
						v := rapid.StringN(0, 8, -1).Draw(rt, "value")
						b.Puts = append(b.Puts, services.Pair{Key: k, Value: []byte(v)})
						model[name][k] = v
					}
				}
				if err := class.Object(name).Apply(f.ctx, b); err != nil {
					rt.Fatalf("Apply: %v", err)
				}
			},
			"list": func(rt *rapid.T) {
				name := rapid.SampledFrom(names).Draw(rt, "object")
				o := services.ListOptions{
					Prefix:  rapid.StringMatching(`[abc/]{0,2}`).Draw(rt, "prefix"),
					End:     key.Draw(rt, "end"),
					Limit:   rapid.IntRange(0, 4).Draw(rt, "limit"),
					Reverse: rapid.Bool().Draw(rt, "reverse"),
				}
				if rapid.Bool().Draw(rt, "exclusive") {
					o.StartAfter = key.Draw(rt, "startAfter")
				} else {
					o.Start = key.Draw(rt, "start")
				}
				ps, err := class.Object(name).List(o)
				if err != nil {
					rt.Fatalf("List: %v", err)
				}
				var got []string
				for _, p := range ps {
					got = append(got, p.Key+"="+string(p.Value))
				}
				if expected := selected(model[name], o); !slices.Equal(got, expected) {
					rt.Fatalf("List(%+v) = %q, want %q", o, got, expected)
				}
			},
		})
	})
}

// selected does to a map what ListOptions says, one option after the other.
func selected(m map[string]string, o services.ListOptions) []string {
	keys := slices.Sorted(maps.Keys(m))
	keys = slices.DeleteFunc(keys, func(k string) bool {
		return !strings.HasPrefix(k, o.Prefix) || k < o.Start || o.StartAfter != "" && k <= o.StartAfter || o.End != "" && k >= o.End
	})
	if o.Reverse {
		slices.Reverse(keys)
	}
	if o.Limit > 0 && len(keys) > o.Limit {
		keys = keys[:o.Limit]
	}
	var texts []string
	for _, k := range keys {
		texts = append(texts, k+"="+m[k])
	}
	return texts
}
