package items

import (
	"tracedge/core/canon"
	"tracedge/core/fault"
	"tracedge/core/identifier"
	"tracedge/core/web"
)

// createRequest is the body of I1, and of an element of I2.
type createRequest struct {
	Identifiers []identifier.Input `json:"identifiers" opt:"true"`
	Enhanced    []identifier.Input `json:"enhanced_identifiers" opt:"true"`
	Source      string             `json:"source_entry"`
	Data        *canon.Object      `json:"enriched_data"`
}

// wanted is what a request wants an item to have, checked.
type wanted struct {
	identifiers []identifier.Identifier
	data        *canon.Object // nil is not given
	source      string        // UUID
}

// read checks a request. Identifiers with a blank part pass: they lead to a pending item. Errors: 400 with field.
func (r *createRequest) read(level identifier.Level) (wanted, error) {
	if r.Identifiers == nil && r.Enhanced == nil {
		return wanted{}, fault.Invalid(identifier.Field, "Required")
	}
	list, err := identifier.Read(r.Identifiers, r.Enhanced, identifier.Rules{Level: level, Blank: true})
	if err != nil {
		return wanted{}, err
	}
	source, ok := web.ParseUUID(r.Source)
	if !ok {
		return wanted{}, fault.BadRequest("source_entry", "Not a UUID")
	}
	return wanted{list, r.Data, source}, nil
}
