package conformance

import (
	"strings"
	"testing"
)

// TestRegistry wants names that tell cases apart, under go test -run too.
func TestRegistry(t *testing.T) {
	seen := make(map[string]bool)
	for _, g := range Groups() {
		if len(g.Cases) <= len(recordCases()) {
			t.Errorf("group %s has no cases of its own", g.Name)
		}
		for _, c := range g.Cases {
			name := g.Name + "/" + c.Name
			if seen[name] {
				t.Errorf("%s is there twice", name)
			}
			if c.Name == "" || c.Run == nil || strings.ContainsAny(c.Name, " \t\n\x00") {
				t.Errorf("%q is no usable case", name)
			}
			seen[name] = true
		}
	}
	if len(seen)+1 != Count() {
		t.Errorf("%d names for %d cases", len(seen)+1, Count())
	}
}
