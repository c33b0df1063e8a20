package identifier_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"tracedge/core/fault"
	"tracedge/core/identifier"
)

// FuzzRead reads lists of any form: they are refused with a 400 that names its field, or come back from a record as they
// went in, whatever the level.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`[]`, `[{"key":"k","value":"v"}]`, `[{"key":"cpf","value":"111.444.777-35","id_type":"canonical"}]`,
		`[{"key":"sisbov","value":"BR123456789012","type":"Canonical","verified":true,"verification_date":"0000-01-01T00:00:00+23:59"}]`,
		`[{"namespace":"","key":" ","value":"\u0000","scope":"x"}]`, `[{"key":"cnpj","value":"11222333000181","id_type":"CANONICAL"}]`,
	} {
		f.Add(seed, 0)
		f.Add(seed, 2)
	}
	f.Fuzz(func(t *testing.T, doc string, level int) {
		var in []identifier.Input
		if json.Unmarshal([]byte(doc), &in) != nil {
			return
		}
		rules := identifier.Rules{Level: identifier.Level(level & 3), Blank: level&4 != 0}
		list, err := identifier.Read(in, nil, rules)
		if err != nil {
			field, _ := fault.From(err).Extra["field"].(string)
			if fault.From(err).Status != 400 || !strings.HasPrefix(field, "identifiers") {
				t.Fatalf("%v, %v", err, fault.From(err).Extra)
			}
			return
		}
		record, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		var back []identifier.Identifier
		if err := json.Unmarshal(record, &back); err != nil || !slices.Equal(back, list) {
			t.Fatalf("%s is read as %+v, %v", record, back, err)
		}
		if err := rules.Check("identifiers", list); err != nil {
			t.Fatalf("accepted, and then %v", err)
		}
		if _, err := json.Marshal(identifier.Outs(list)); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzStored reads records of any form without a panic, and writes back what it has read.
func FuzzStored(f *testing.F) {
	f.Add(`{"namespace":"generic","key":"k","value":"v","id_type":{"Contextual":{"scope":"user"}},"namespace_defaulted":true}`)
	f.Add(`{"namespace":"a","key":"k","value":"v","id_type":{"Canonical":{"registry":"k","verified":true,"verification_date":null}}}`)
	f.Fuzz(func(t *testing.T, doc string) {
		var i, back identifier.Identifier
		if json.Unmarshal([]byte(doc), &i) != nil {
			return
		}
		text, err := json.Marshal(i)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &back); err != nil || back != i {
			t.Fatalf("%s is read as %+v, %v", text, back, err)
		}
	})
}
