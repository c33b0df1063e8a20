package identifier

import (
	"encoding/json"
	"errors"
	"time"

	"tracedge/core/web"
)

// Raw is an identifier where a whole item is embedded, in pulls and snapshots.
type Raw struct {
	Namespace string  `json:"namespace"`
	Key       string  `json:"key"`
	Value     string  `json:"value"`
	Class     rawType `json:"id_type"` // {"Canonical":{...}} or {"Contextual":{...}}
}

type rawType struct {
	Canonical  *rawCanonical  `json:"Canonical,omitempty"`
	Contextual *rawContextual `json:"Contextual,omitempty"`
}

type rawCanonical struct {
	Registry   string     `json:"registry"`
	Verified   bool       `json:"verified"`
	VerifiedAt *web.TimeZ `json:"verification_date"`
}

type rawContextual struct {
	Scope string `json:"scope"`
}

// Raw is the form of an embedded item; it shows nothing internal.
func (i Identifier) Raw() Raw {
	r := Raw{Namespace: i.Namespace, Key: i.Key, Value: i.Value}
	if i.Class == Canonical {
		r.Class.Canonical = &rawCanonical{Registry: i.Key, Verified: i.Verified, VerifiedAt: i.date()}
	} else {
		r.Class.Contextual = &rawContextual{Scope: i.Scope}
	}
	return r
}

func (i Identifier) date() *web.TimeZ {
	if !i.Verified {
		return nil
	}
	t := web.TimeZ(i.VerifiedAt)
	return &t
}

// stored is the form of records: the raw one and what is internal.
type stored struct {
	Raw
	NamespaceDefaulted bool `json:"namespace_defaulted,omitempty"`
}

// MarshalJSON writes the form of records.
func (i Identifier) MarshalJSON() ([]byte, error) {
	return json.Marshal(stored{i.Raw(), i.NamespaceDefaulted})
}

// UnmarshalJSON reads the form of records.
func (i *Identifier) UnmarshalJSON(doc []byte) error {
	var s stored
	if err := json.Unmarshal(doc, &s); err != nil {
		return err
	}
	*i = Identifier{
		Namespace: s.Namespace, Key: s.Key, Value: s.Value, NamespaceDefaulted: s.NamespaceDefaulted,
	}
	switch c := s.Class; {
	case c.Canonical != nil:
		i.Class = Canonical
		if i.Verified = c.Canonical.Verified && c.Canonical.VerifiedAt != nil; i.Verified {
			i.VerifiedAt = time.Time(*c.Canonical.VerifiedAt)
		}
	case c.Contextual != nil:
		i.Class, i.Scope = Contextual, c.Contextual.Scope
	default:
		return errors.New("identifier: no class")
	}
	return nil
}

// Out is an identifier in a response.
type Out struct {
	Namespace  string     `json:"namespace"`
	Key        string     `json:"key"`
	Value      string     `json:"value"`
	Class      Class      `json:"id_type"`
	Scope      *string    `json:"scope,omitempty"`             // contextual only, then always
	Verified   *bool      `json:"verified,omitempty"`          // canonical only, then always
	VerifiedAt *web.TimeZ `json:"verification_date,omitempty"` // of a verified one
}

// Out is the form of responses.
func (i Identifier) Out() Out {
	o := Out{Namespace: i.Namespace, Key: i.Key, Value: i.Value, Class: i.Class}
	if i.Class == Canonical {
		o.Verified, o.VerifiedAt = &i.Verified, i.date()
	} else {
		o.Scope = &i.Scope
	}
	return o
}

// Outs is a list in the form of responses, never nil.
func Outs(list []Identifier) []Out {
	out := make([]Out, len(list))
	for n, i := range list {
		out[n] = i.Out()
	}
	return out
}
