package isolate

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/grafana/sobek"
)

// newEnv makes the env object. owner is the Durable Object that it is for, whose
// calls to the outside wait until what it wrote is on disk; nil for the env of
// requests.
func (i *isolate) newEnv(b Bindings, owner *incarnation) *sobek.Object {
	env := i.rt.NewObject()
	set := func(name string, v sobek.Value) { _ = env.Set(name, v) }
	for _, name := range sortedKeys(b.Vars) {
		set(name, i.variable(name, b.Vars[name]))
	}
	for _, name := range sortedKeys(b.KV) {
		set(name, i.call("newKV", i.rt.ToValue(&kvHandle{kv: b.KV[name], owner: owner})))
	}
	for _, name := range sortedKeys(b.Objects) {
		set(name, i.call("newNamespace", i.rt.ToValue(&namespaceHandle{class: b.Objects[name], owner: owner})))
	}
	for _, name := range sortedKeys(b.Unsupported) {
		set(name, i.call("unemulatedBinding", i.rt.ToValue(name), i.rt.ToValue(b.Unsupported[name])))
	}
	return env
}

// variable makes the value of a var: a string as it is, anything else as JSON.
func (i *isolate) variable(name string, v any) sobek.Value {
	if s, ok := v.(string); ok {
		return i.rt.ToValue(s)
	}
	text, err := json.Marshal(v)
	if err != nil {
		panic(i.newError("Error", fmt.Sprintf("var %s: %v", name, err)))
	}
	return i.fromJSON(string(text))
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
