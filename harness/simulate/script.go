package simulate

import (
	"cmp"
	"maps"
	"slices"
)

// Script is one thing that clients do. A file that registers one is all that the
// workload needs to know of it.
type Script struct {
	Name      string
	Weight    int      // how often it is drawn beside the others; 0 for never
	Scenarios []string // in which it takes part beside the one of its own name
	// Run does it. It judges what it is answered by what it knows, and leaves
	// checks for when all is calm with Client.Finally.
	Run func(*Client)
}

var scripts = map[string]Script{}

// addScript is called from init functions.
func addScript(s Script) { scripts[s.Name] = s }

// Scripts lists all scripts by name.
func Scripts() []Script {
	return slices.SortedFunc(maps.Values(scripts), func(a, b Script) int { return cmp.Compare(a.Name, b.Name) })
}

func scriptNamed(name string) Script { return scripts[name] }

// Scenarios lists what --scenario takes.
func Scenarios() []string {
	names := map[string]bool{}
	for _, s := range Scripts() {
		names[s.Name] = true
		for _, scenario := range s.Scenarios {
			names[scenario] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// firstScript is what every client begins with.
const firstScript = "register"
