package identifier

import (
	"slices"
	"time"
)

// Class is how far an identifier reaches: a canonical one belongs to a registry and names one thing, a contextual one
// names what many things may share.
type Class string

// The classes, as the wire spells them.
const (
	Canonical  Class = "Canonical"
	Contextual Class = "Contextual"
)

// Identifier is one identifier. Its JSON is the form of records, see MarshalJSON; Out is the form of responses.
type Identifier struct {
	Class     Class
	Namespace string
	Key       string // of a canonical identifier: its registry
	Value     string // as it was sent

	Scope string // contextual only

	Verified   bool // canonical only; true only with a date
	VerifiedAt time.Time

	// NamespaceDefaulted says that the client left the namespace out, so that a circuit may apply its own.
	NamespaceDefaulted bool
}

// Identity is what two identifiers are compared by. It can be a map's key.
type Identity struct {
	Class                 Class
	Namespace, Key, Value string
}

// Identity of an identifier. Scope and verification play no part.
func (i Identifier) Identity() Identity { return Identity{i.Class, i.Namespace, i.Key, i.Value} }

// String is the text form, namespace:key:value.
func (i Identifier) String() string { return i.Namespace + ":" + i.Key + ":" + i.Value }

// Match reports whether two identifiers are the same one.
func Match(a, b Identifier) bool { return a.Identity() == b.Identity() }

// Contains reports whether a list has a match of an identifier.
func Contains(list []Identifier, i Identifier) bool {
	return slices.ContainsFunc(list, func(have Identifier) bool { return Match(have, i) })
}

// Union adds identifiers to a list that has no two matching ones. A match keeps the one that is there, except that a
// verified one takes the place of an unverified one. Neither list is changed; the result is never nil.
func Union(have, add []Identifier) []Identifier {
	out := make([]Identifier, 0, len(have)+len(add))
	at := make(map[Identity]int, len(have)+len(add))
	for _, list := range [2][]Identifier{have, add} {
		for _, i := range list {
			n, known := at[i.Identity()]
			switch {
			case !known:
				at[i.Identity()] = len(out)
				out = append(out, i)
			case i.Verified && !out[n].Verified:
				out[n] = i
			}
		}
	}
	return out
}

// Without returns the identifiers of a list that match none of the others, in order.
func Without(list, others []Identifier) []Identifier {
	gone := make(map[Identity]bool, len(others))
	for _, i := range others {
		gone[i.Identity()] = true
	}
	return slices.DeleteFunc(slices.Clone(list), func(i Identifier) bool { return gone[i.Identity()] })
}
