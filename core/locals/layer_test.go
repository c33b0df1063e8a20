package locals_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tracedge/core/canon"
	"tracedge/core/identifier"
	"tracedge/core/locals"
)

func object(t rapid.TB, text string) canon.Object {
	o, err := canon.ParseObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestStrategies(t *testing.T) {
	const have = `{"list":[1,{"a":1},"x"],"object":{"a":1,"b":{"c":1}},"text":"old","mixed":[1],"mine":null,"gone":7}`
	const add = `{"list":[{"a":1},2,2,1.0],"object":{"b":{"d":2},"e":3},"text":"new","mixed":{"a":1},"theirs":[null],"gone":null}`
	for strategy, want := range map[locals.Strategy]string{
		locals.Append:    `{"gone":null,"list":[1,{"a":1},"x",2,1.0],"mine":null,"mixed":{"a":1},"object":{"a":1,"b":{"d":2},"e":3},"text":"new","theirs":[null]}`,
		locals.KeepFirst: `{"gone":7,"list":[1,{"a":1},"x"],"mine":null,"mixed":[1],"object":{"a":1,"b":{"c":1}},"text":"old"}`,
		locals.Overwrite: `{"gone":null,"list":[{"a":1},2,2,1.0],"mine":null,"mixed":{"a":1},"object":{"b":{"d":2},"e":3},"text":"new","theirs":[null]}`,
	} {
		got := locals.Fold([]locals.Layer{
			{Kind: locals.Base, State: locals.State{Data: object(t, have)}},
			{Kind: locals.Merged, Strategy: strategy, State: locals.State{Data: object(t, add)}},
		})
		if got.Data.String() != want {
			t.Errorf("%s: %s", strategy, got.Data)
		}
	}
}

// value draws JSON from so few values that lists and objects often have something in common.
func value(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		kinds := 4
		if depth == 0 {
			kinds = 2
		}
		switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
		case 0:
			return rapid.SampledFrom([]string{"null", "1", "1.0", `"x"`, "true"}).Draw(t, "plain")
		case 1:
			return fmt.Sprint(rapid.IntRange(0, 3).Draw(t, "number"))
		case 2:
			text := "["
			for n, v := range rapid.SliceOfN(value(depth-1), 0, 3).Draw(t, "elements") {
				if n > 0 {
					text += ","
				}
				text += v
			}
			return text + "]"
		default:
			return members(depth-1).Draw(t, "object")
		}
	})
}

func members(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		text := "{"
		for n, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 3, rapid.ID).Draw(t, "names") {
			if n > 0 {
				text += ","
			}
			text += fmt.Sprintf("%q:%s", name, value(depth).Draw(t, name))
		}
		return text + "}"
	})
}

func state(t *rapid.T, name string) locals.State {
	s := locals.State{Data: object(t, members(2).Draw(t, name))}
	for _, v := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"1", "2", "3"}), 0, 2, rapid.ID).Draw(t, "identifiers") {
		i := identifier.Identifier{Class: identifier.Canonical, Namespace: "bovino", Key: "sisbov", Value: v}
		if rapid.Bool().Draw(t, "verified") {
			i.Verified, i.VerifiedAt = true, time.UnixMilli(1).UTC()
		}
		s.Identifiers = append(s.Identifiers, i)
		s.Sources = append(s.Sources, "source "+v)
	}
	return s
}

func layers(t *rapid.T) []locals.Layer {
	out := []locals.Layer{{Kind: locals.Base, State: state(t, "base")}}
	for n := range rapid.IntRange(0, 5).Draw(t, "layers") {
		l := locals.Layer{Kind: locals.Edited, State: state(t, "layer")}
		if rapid.Bool().Draw(t, "merge") {
			l.Kind, l.LID = locals.Merged, fmt.Sprint(n)
			l.Strategy = rapid.SampledFrom(locals.Strategies()).Draw(t, "strategy")
		}
		out = append(out, l)
	}
	return out
}

func same(a, b locals.State) bool {
	return a.Data.Equal(b.Data) && slices.Equal(a.Identifiers, b.Identifiers) && slices.Equal(a.Sources, b.Sources)
}

// Whatever was edited and merged before and after: with the layer of a merge taken off, the state is as if that merge had
// never been.
func TestMergeLayerTakenOff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		without := layers(t)
		merge := locals.Layer{
			Kind: locals.Merged, LID: "the one", State: state(t, "merged"), Strategy: rapid.SampledFrom(locals.Strategies()).Draw(t, "strategy"),
		}
		with := slices.Insert(slices.Clone(without), rapid.IntRange(1, len(without)).Draw(t, "place"), merge)
		folded := locals.Fold(with)
		left := slices.DeleteFunc(slices.Clone(with), func(l locals.Layer) bool { return l.LID == "the one" })
		if got, want := locals.Fold(left), locals.Fold(without); !same(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
		if again := locals.Fold(with); !same(again, folded) {
			t.Fatal("folding changes its layers")
		}
	})
}

// What the strategies promise of every value.
func TestStrategiesHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		have, add := state(t, "have"), state(t, "add")
		fold := func(s locals.Strategy) locals.State {
			return locals.Fold([]locals.Layer{{Kind: locals.Base, State: have}, {Kind: locals.Merged, Strategy: s, State: add}})
		}
		if got := fold(locals.KeepFirst); !got.Data.Equal(have.Data) {
			t.Fatalf("kept %s of %s", got.Data, have.Data)
		}
		if got := fold(locals.Overwrite); !got.Data.Equal(have.Data.Merge(add.Data)) {
			t.Fatalf("%s over %s is %s", add.Data, have.Data, got.Data)
		}
		got := fold(locals.Append).Data
		for name, newer := range add.Data.All() {
			v, ok := got.Get(name)
			if !ok {
				t.Fatalf("%s is lost", name)
			}
			older, both := have.Data.Get(name)
			a, isList := older.Array()
			b, isToo := newer.Array()
			if !both || !isList || !isToo {
				continue
			}
			list, _ := v.Array()
			if len(list) < len(a) || !slices.Equal(list[:len(a)], a) {
				t.Fatalf("%v does not begin with %v", list, a)
			}
			for _, e := range b {
				if !slices.Contains(list, e) {
					t.Fatalf("%v lacks %v", list, e)
				}
			}
		}
		for name := range have.Data.All() {
			if _, ok := got.Get(name); !ok {
				t.Fatalf("%s is lost", name)
			}
		}
		// The same once more adds nothing.
		twice := locals.Fold([]locals.Layer{
			{Kind: locals.Base, State: have}, {Kind: locals.Merged, State: add, Strategy: locals.Append}, {Kind: locals.Merged, State: add, Strategy: locals.Append},
		})
		if !same(twice, fold(locals.Append)) {
			t.Fatalf("%v, want %v", twice, fold(locals.Append))
		}
	})
}
