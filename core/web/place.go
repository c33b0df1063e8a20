package web

import (
	"strconv"

	"tracedge/core/fault"
)

// place is where in a body a value stands; nil is the body itself. Its text is made only for an error.
type place struct {
	parent  *place
	name    string
	index   int
	element bool // of an array: index counts, not name
}

// String is the path, like identifiers[2].value; "" for the body itself.
func (p *place) String() string {
	if p == nil {
		return ""
	}
	parent := p.parent.String()
	switch {
	case p.element:
		return parent + "[" + strconv.Itoa(p.index) + "]"
	case parent == "":
		return p.name
	default:
		return parent + "." + p.name
	}
}

// fault makes the error of a value the 422 of its field; nil stays nil.
func (p *place) fault(err error) error {
	if err == nil {
		return nil
	}
	return asFault(err, fault.Invalid, p.String())
}
