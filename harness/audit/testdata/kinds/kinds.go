// Package kinds makes kinds that the contract does not know.
package kinds

import (
	"errors"

	"tracedge/core/fault"
)

func made(text string, err error) []error {
	if fault.KindOf(err) == "never_heard_of" { // comparing makes nothing
		return nil
	}
	return []error{
		fault.New("bad_kind", 500, "No"),         // want `kind: "bad_kind" is no kind of the contract`
		fault.New(fault.Kind(text), 500, "No"),   // want `kind: a kind is made from a text`
		fault.New(fault.Overloaded, 503, "Wait"), // a kind of the contract
		errors.New(string(fault.Other)),
	}
}
