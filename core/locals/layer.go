package locals

import (
	"slices"
	"time"

	"tracedge/core/canon"
	"tracedge/core/identifier"
)

// Layer is the record local/<lid>/layer/<n>: one of the things that made a local item what it is. The first is the base,
// as it was created; the others follow in order of time.
type Layer struct {
	Kind LayerKind `json:"kind"`
	Time time.Time `json:"timestamp"`
	State

	// Of a merge:
	Op       string   `json:"op,omitempty"`
	LID      string   `json:"merged_lid,omitempty"`
	Strategy Strategy `json:"strategy,omitempty"`
}

// LayerKind is how a layer came about.
type LayerKind string

// The kinds of layers.
const (
	Base   LayerKind = "base"
	Edited LayerKind = "edit"
	Merged LayerKind = "merge" // the state is a copy of the merged item's
)

// Fold is the state that the layers make, one over the other.
func Fold(layers []Layer) State {
	var s State
	for _, l := range layers {
		s = s.with(l)
	}
	return s
}

// with is the state below one more layer.
func (s State) with(l Layer) State {
	data := s.Data.Merge(l.Data)
	if l.Kind == Merged {
		data = l.Strategy.combine(s.Data, l.Data)
	}
	return State{
		Identifiers: identifier.Union(s.Identifiers, l.Identifiers), Data: data, Sources: union(s.Sources, l.Sources),
	}
}

// union adds texts to a list that has none of them twice.
func union(have, add []string) []string {
	out := slices.Clone(have)
	for _, text := range add {
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// Strategy says how a merge combines the data of two local items.
type Strategy string

// The strategies.
const (
	Append    Strategy = "append"     // lists and objects are joined, anything else is replaced
	KeepFirst Strategy = "keep_first" // the data stays as it is
	Overwrite Strategy = "overwrite"  // the newer value replaces
)

// Strategies are all of them, as requests name them.
func Strategies() []Strategy { return []Strategy{Append, KeepFirst, Overwrite} }

func (s Strategy) combine(have, add canon.Object) canon.Object {
	switch s {
	case KeepFirst:
		return have
	case Overwrite:
		return have.Merge(add)
	default:
		return have.MergeBy(add, join)
	}
}

// join combines two values of the same name: elements that a list has already are not added, members of an object are
// replaced by newer ones, and where the two are of different kinds the newer one stands.
func join(older, newer canon.Value) canon.Value {
	if a, ok := older.Array(); ok {
		b, ok := newer.Array()
		if !ok {
			return newer
		}
		known := make(map[canon.Value]bool, len(a)+len(b))
		for _, v := range a {
			known[v] = true
		}
		for _, v := range b {
			if !known[v] {
				known[v] = true
				a = append(a, v)
			}
		}
		return canon.Array(a)
	}
	if a, ok := older.Object(); ok {
		if b, ok := newer.Object(); ok {
			return a.Merge(b).Value()
		}
	}
	return newer
}
