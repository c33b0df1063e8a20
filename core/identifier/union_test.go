package identifier_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tracedge/core/identifier"
)

// some draws identifiers from so few texts that they often match.
func some() *rapid.Generator[[]identifier.Identifier] {
	one := rapid.Custom(func(t *rapid.T) identifier.Identifier {
		few := rapid.SampledFrom([]string{"", "a", "b"})
		i := identifier.Identifier{
			Class:     rapid.SampledFrom([]identifier.Class{identifier.Canonical, identifier.Contextual}).Draw(t, "class"),
			Namespace: few.Draw(t, "namespace"), Key: few.Draw(t, "key"), Value: few.Draw(t, "value"),
			NamespaceDefaulted: rapid.Bool().Draw(t, "defaulted"),
		}
		if i.Class == identifier.Contextual {
			i.Scope = few.Draw(t, "scope")
		} else if rapid.Bool().Draw(t, "verified") {
			i.Verified, i.VerifiedAt = true, time.UnixMilli(rapid.Int64Range(0, 1<<41).Draw(t, "at")).UTC()
		}
		return i
	})
	return rapid.SliceOfN(one, 0, 12)
}

func TestUnion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		have, add := identifier.Union(nil, some().Draw(t, "have")), some().Draw(t, "add")
		before, asked := slices.Clone(have), slices.Clone(add)
		got := identifier.Union(have, add)

		if !slices.Equal(have, before) || !slices.Equal(add, asked) {
			t.Fatal("an input was changed")
		}
		seen := map[identifier.Identity]identifier.Identifier{}
		for _, i := range got {
			if _, twice := seen[i.Identity()]; twice {
				t.Fatalf("%v twice", i)
			}
			seen[i.Identity()] = i
		}
		// Nothing is lost, nothing is invented, and what was there stands where it stood.
		for n, i := range have {
			kept := got[n]
			if !identifier.Match(kept, i) || kept != i && (i.Verified || !kept.Verified) {
				t.Fatalf("%v became %v", i, kept)
			}
		}
		for _, i := range add {
			kept, ok := seen[i.Identity()]
			if !ok || i.Verified && !kept.Verified {
				t.Fatalf("%v became %v", i, kept)
			}
		}
		for _, i := range got {
			if !slices.Contains(have, i) && !slices.Contains(add, i) {
				t.Fatalf("%v is new", i)
			}
		}
		if again := identifier.Union(got, add); !slices.Equal(again, got) {
			t.Fatalf("%v the second time", again)
		}
		for _, i := range identifier.Without(got, add) {
			if identifier.Contains(add, i) {
				t.Fatalf("%v is still there", i)
			}
		}
		if n := len(identifier.Without(got, add)) + len(identifier.Union(nil, add)); n != len(got) {
			t.Fatalf("%d in two parts of %d", n, len(got))
		}
	})
}

func TestStoredFormKeepsEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := some().Draw(t, "list")
		doc, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		var back []identifier.Identifier
		if err := json.Unmarshal(doc, &back); err != nil || !reflect.DeepEqual(back, list) {
			t.Fatalf("%s is read as %+v, %v", doc, back, err)
		}
	})
}
