package identifier_test

import (
	"encoding/json"
	"testing"

	"tracedge/core/fault"
	"tracedge/core/identifier"
)

func inputs(t *testing.T, doc string) []identifier.Input {
	t.Helper()
	var list []identifier.Input
	if err := json.Unmarshal([]byte(doc), &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func text(t *testing.T, v any) string {
	t.Helper()
	doc, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(doc)
}

func TestForms(t *testing.T) {
	for name, c := range map[string]struct{ in, out, stored string }{
		"least": {
			`{"key":"k","value":"v"}`,
			`{"namespace":"generic","key":"k","value":"v","id_type":"Contextual","scope":"user"}`,
			`{"namespace":"generic","key":"k","value":"v","id_type":{"Contextual":{"scope":"user"}},"namespace_defaulted":true}`,
		},
		"empty namespace and scope": {
			`{"namespace":"","key":"k","value":" v ","scope":"","id_type":null}`,
			`{"namespace":"","key":"k","value":" v ","id_type":"Contextual","scope":""}`,
			`{"namespace":"","key":"k","value":" v ","id_type":{"Contextual":{"scope":""}}}`,
		},
		"contextual is never verified": {
			`{"namespace":"soja","key":"lote","value":"1","id_type":"contextual","scope":"circuit","verified":true,"verification_date":"2026-01-02T03:04:05Z"}`,
			`{"namespace":"soja","key":"lote","value":"1","id_type":"Contextual","scope":"circuit"}`,
			`{"namespace":"soja","key":"lote","value":"1","id_type":{"Contextual":{"scope":"circuit"}}}`,
		},
		"canonical has no scope": {
			`{"namespace":"bovino","key":"sisbov","value":"BR1","id_type":"CANONICAL","scope":"user"}`,
			`{"namespace":"bovino","key":"sisbov","value":"BR1","id_type":"Canonical","verified":false}`,
			`{"namespace":"bovino","key":"sisbov","value":"BR1","id_type":{"Canonical":{"registry":"sisbov","verified":false,"verification_date":null}}}`,
		},
		"verified": {
			`{"namespace":"bovino","key":"sisbov","value":"BR1","id_type":"canonical","verified":true,"verification_date":"2026-01-02T03:04:05.25+01:00"}`,
			`{"namespace":"bovino","key":"sisbov","value":"BR1","id_type":"Canonical","verified":true,"verification_date":"2026-01-02T02:04:05.250Z"}`,
			`{"namespace":"bovino","key":"sisbov","value":"BR1","id_type":{"Canonical":{"registry":"sisbov","verified":true,"verification_date":"2026-01-02T02:04:05.250Z"}}}`,
		},
		"verified without a date": {
			`{"namespace":"bovino","key":"sisbov","value":"BR1","id_type":"canonical","verified":true}`,
			`{"namespace":"bovino","key":"sisbov","value":"BR1","id_type":"Canonical","verified":false}`,
			`{"namespace":"bovino","key":"sisbov","value":"BR1","id_type":{"Canonical":{"registry":"sisbov","verified":false,"verification_date":null}}}`,
		},
		"a date without verified": {
			`{"namespace":"bovino","key":"sisbov","value":"BR1","id_type":"canonical","verified":false,"verification_date":"2026-01-02T03:04:05Z"}`,
			`{"namespace":"bovino","key":"sisbov","value":"BR1","id_type":"Canonical","verified":false}`,
			`{"namespace":"bovino","key":"sisbov","value":"BR1","id_type":{"Canonical":{"registry":"sisbov","verified":false,"verification_date":null}}}`,
		},
		"type for id_type": {
			`{"key":"k","value":"v","type":"canonical","confidence":0.5}`,
			`{"namespace":"generic","key":"k","value":"v","id_type":"Canonical","verified":false}`,
			`{"namespace":"generic","key":"k","value":"v","id_type":{"Canonical":{"registry":"k","verified":false,"verification_date":null}},"namespace_defaulted":true}`,
		},
		"id_type before type": {
			`{"key":"k","value":"v","id_type":"Contextual","type":"nonsense"}`,
			`{"namespace":"generic","key":"k","value":"v","id_type":"Contextual","scope":"user"}`,
			`{"namespace":"generic","key":"k","value":"v","id_type":{"Contextual":{"scope":"user"}},"namespace_defaulted":true}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := identifier.Read(inputs(t, "["+c.in+"]"), nil, identifier.Rules{})
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			if got := text(t, list[0].Out()); got != c.out {
				t.Errorf("out %s", got)
			}
			if got := text(t, list[0]); got != c.stored {
				t.Errorf("stored %s", got)
			}
			var back identifier.Identifier
			if err := json.Unmarshal([]byte(c.stored), &back); err != nil || back != list[0] {
				t.Errorf("read back as %+v, %v", back, err)
			}
		})
	}
}

func TestAliases(t *testing.T) {
	a, b := `[{"key":"a","value":"1"}]`, `[{"key":"b","value":"1"}]`
	for _, c := range []struct{ main, alias, want string }{
		{a, b, "a"}, {a, `[]`, "a"}, {`[]`, b, "b"}, {`null`, b, "b"},
	} {
		list, err := identifier.Read(inputs(t, c.main), inputs(t, c.alias), identifier.Rules{})
		if err != nil || len(list) != 1 || list[0].Key != c.want {
			t.Errorf("%s and %s: %v, %v", c.main, c.alias, list, err)
		}
	}
	if list, err := identifier.Read(nil, nil, identifier.Rules{}); err != nil || list == nil || len(list) != 0 {
		t.Error(list, err)
	}
}

func TestRefusals(t *testing.T) {
	good := `{"key":"k","value":"v"},`
	for name, c := range map[string]struct {
		main, alias string
		level       identifier.Level
		field, code string
	}{
		"id_type":       {main: good + `{"key":"k","value":"v","id_type":"Other"}`, field: "identifiers[1].id_type"},
		"empty id_type": {main: `{"key":"k","value":"v","id_type":"","type":"canonical"}`, field: "identifiers[0].id_type"},
		"type":          {main: `{"key":"k","value":"v","type":"Other"}`, field: "identifiers[0].type"},
		"alias":         {alias: good + `{"key":"k","value":""}`, field: "enhanced_identifiers[1].value", code: "blank"},
		"id_type comes before the rules": {
			main: `{"key":"","value":"v"},{"key":"k","value":"v","id_type":"Other"}`, field: "identifiers[1].id_type",
		},
		"missing date": {
			main: good + `{"key":"k","value":"v","id_type":"canonical","verified":true}`, level: identifier.Registry,
			field: "identifiers[1].verification_date", code: "missing_verification_date",
		},
		"a repetition keeps its place": {
			main: good + good + `{"key":" ","value":"v"}`, field: "identifiers[2].key", code: "blank",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := identifier.Read(inputs(t, "["+c.main+"]"), inputs(t, "["+c.alias+"]"), identifier.Rules{Level: c.level})
			if err == nil {
				t.Fatal("accepted")
			}
			f := fault.From(err)
			if f.Status != 400 || f.Extra["field"] != c.field {
				t.Fatal(f, f.Extra)
			}
			if c.code != "" {
				if f.Extra["code"] != c.code {
					t.Fatal(f.Extra)
				}
			} else if f.Extra["provided"] == nil || len(f.Extra["allowed"].([]identifier.Class)) != 2 {
				t.Fatal(f.Extra)
			}
		})
	}
}
