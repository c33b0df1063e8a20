package conformance

import (
	"fmt"
	"strings"
)

// localIdentifierCases are 3.1 to 3.5 as I9 and I5 show them.
func localIdentifierCases() []Case {
	return []Case{
		{Name: "identifiers/forms", Run: func(s *Session) {
			u := s.me()
			for in, out := range map[string]string{
				`{"key":"k","value":"v"}`: `{"namespace":"generic","key":"k","value":"v","id_type":"Contextual","scope":"user"}`,
				`{"namespace":null,"key":"k","value":"v","id_type":null,"scope":null}`:                                            `{"namespace":"generic","key":"k","value":"v","id_type":"Contextual","scope":"user"}`,
				`{"namespace":"","key":"k","value":" v ","id_type":"CONTEXTUAL","scope":"circuit"}`:                               `{"namespace":"","key":"k","value":" v ","id_type":"Contextual","scope":"circuit"}`,
				`{"key":"k","value":"v","id_type":"contextual","verified":true,"verification_date":"2026-01-02T03:04:05Z"}`:       `{"namespace":"generic","key":"k","value":"v","id_type":"Contextual","scope":"user"}`,
				`{"namespace":"a:b","key":"k","value":"v","id_type":"canonical","scope":"user"}`:                                  `{"namespace":"a:b","key":"k","value":"v","id_type":"Canonical","verified":false}`,
				`{"key":"k","value":"v","id_type":"Canonical","verified":true}`:                                                   `{"namespace":"generic","key":"k","value":"v","id_type":"Canonical","verified":false}`,
				`{"key":"k","value":"v","id_type":"Canonical","verified":true,"verification_date":"2026-01-02T03:04:05.1+01:00"}`: `{"namespace":"generic","key":"k","value":"v","id_type":"Canonical","verified":true,"verification_date":"2026-01-02T02:04:05.100Z"}`,
				`{"key":"k","value":"v","type":"Canonical"}`:                                                                      `{"namespace":"generic","key":"k","value":"v","id_type":"Canonical","verified":false}`,
			} {
				lid := s.newLocal(u, `{"identifiers":[`+in+`]}`)
				s.ask("3.1: wire form", u.localItem(lid), ok, contains(`"identifiers":[`+out+`]`))
			}
		}},
		{Name: "identifiers/matching", Run: func(s *Session) {
			u := s.me()
			lid := s.newLocal(u, `{"identifiers":[{"key":"k","value":"v","scope":"a"},{"key":"k","value":"v","scope":"b"},{"key":"k","value":"v","id_type":"Canonical"},{"namespace":"","key":"k","value":"v"},{"key":"k","value":"V"},{"key":"k","value":"v","id_type":"Canonical","verified":true,"verification_date":"2026-01-02T03:04:05Z"}]}`)
			s.ask("3.5: lists within one request are reduced the same way", u.localItem(lid), ok, lacks("identifiers.4"),
				text("identifiers.0.scope", "a"), is("identifiers.1.verified", true), text("identifiers.2.namespace", ""), text("identifiers.3.value", "V"))
		}},
		{Name: "identifiers/basic", Run: func(s *Session) {
			u := s.me()
			many := `{"key":"k","value":"v"}` + strings.Repeat(`,{"key":"k","value":"v"}`, 100)
			for in, want := range map[string][2]string{
				`{"key":" \t","value":"v"}`:     {"identifiers[0].key", "blank"},
				`{"key":"k","value":""}`:        {"identifiers[0].value", "blank"},
				`{"key":"k","value":"v\u0000"}`: {"identifiers[0].value", "control_character"},
				`{"key":"k","value":"v"},{"namespace":"\u0085","key":"k","value":"v"}`:   {"identifiers[1].namespace", "control_character"},
				`{"key":"` + strings.Repeat("é", 128) + `","value":"v"}`:                 {"identifiers[0].key", "too_long"},
				`{"key":"k","value":"` + strings.Repeat("v", 1025) + `"}`:                {"identifiers[0].value", "too_long"},
				`{"namespace":"` + strings.Repeat("n", 256) + `","key":"k","value":"v"}`: {"identifiers[0].namespace", "too_long"},
				many: {"identifiers", "too_many"},
			} {
				s.ask("3.3: basic", u.createLocal(`{"identifiers":[`+in+`]}`), enveloped(badRequest), field(want[0]), text("code", want[1]))
			}
			s.ask("3.3: the field of the alias", u.createLocal(`{"enhanced_identifiers":[{"key":"k","value":" "}]}`), badRequest, field("enhanced_identifiers[0].value"))
			for _, in := range []string{
				`{"key":"` + strings.Repeat("k", 255) + `","value":"` + strings.Repeat("v", 1024) + `","namespace":"` + strings.Repeat("n", 255) + `"}`,
				strings.TrimSuffix(many, `,{"key":"k","value":"v"}`), `{"namespace":"unknown","key":"cpf","value":"1","id_type":"Canonical"}`,
			} {
				s.ask("3.3: basic", u.createLocal(`{"identifiers":[`+in+`]}`), ok)
			}
		}},
		{Name: "identifiers/class", Run: func(s *Session) {
			for in, name := range map[string]string{`"id_type":"Other"`: "id_type", `"id_type":""`: "id_type", `"type":"Canon"`: "type", `"id_type":" Canonical"`: "id_type"} {
				r := s.ask("3.1: other text 400 with provided, allowed", s.me().createLocal(`{"identifiers":[{"key":"k","value":"v",`+in+`}]}`), enveloped(badRequest), field("identifiers[0]."+name))
				s.want(r, "3.1: other text 400 with provided, allowed", text("allowed.0", "Canonical"), text("allowed.1", "Contextual"))
				if _, there := r.get("provided"); !there {
					s.wrong(r, "provided is missing", "3.1")
				}
			}
			s.ask("3.1: a string", s.me().createLocal(`{"identifiers":[{"key":"k","value":"v","id_type":1}]}`), unprocessable, field("identifiers[0].id_type"))
		}},
	}
}

// strictnessCases are 3.3 and 3.4 at level registry or strict.
func strictnessCases(level string) []Case {
	canonical := func(key, value string) string {
		return fmt.Sprintf(`{"identifiers":[{"namespace":"bovino","key":%q,"value":%q,"id_type":"Canonical"}]}`, key, value)
	}
	cases := []Case{
		{Name: "namespace", Run: func(s *Session) {
			u := s.me()
			for _, name := range []string{"bovino", "aves", "suino", "soja", "milho", "algodao", "cafe", "leite", "generic"} {
				s.ask("3.4: namespaces", u.createLocal(fmt.Sprintf(`{"identifiers":[{"namespace":%q,"key":"k","value":"v"}]}`, name)), ok)
			}
			for _, name := range []string{"", "Bovino", "cana"} {
				s.ask("3.3: namespace in 3.4", u.createLocal(fmt.Sprintf(`{"identifiers":[{"namespace":%q,"key":"k","value":"v"}]}`, name)),
					badRequest, field("identifiers[0].namespace"), text("code", "unknown_namespace"))
			}
			s.ask("3.3: the namespace left out is generic", u.createLocal(`{"identifiers":[{"key":"k","value":"v"}]}`), ok)
		}},
		{Name: "registries", Run: func(s *Session) {
			u := s.me()
			for key, values := range map[string][2][]string{
				"sisbov": {{"BR123456789012"}, {"12345678901234", "BR12345678901", "BR12345678901A", "br123456789012"}},
				"CPF":    {{"111.444.777-35", "52998224725"}, {"1234567890", "11111111111"}},
				"cnpj":   {{"11.222.333/0001-81"}, {"1122233300018", "11111111111111"}},
				"car":    {{"BR-123456"}, {"BR-12345", "XX-123456", "BR-" + strings.Repeat("1", 42)}},
				"nirf":   {{"1.234.567-8"}, {"1234567"}},
				"ie":     {{"12345678"}, {"1234567"}},
				"rfid":   {{"1234567890"}, {"123456789"}},
				"other":  {{"x"}, nil},
			} {
				for _, v := range values[0] {
					s.ask("3.4: accepted", u.createLocal(canonical(key, v)), ok)
				}
				for _, v := range values[1] {
					s.ask("3.4: refused", u.createLocal(canonical(key, v)), enveloped(badRequest), field("identifiers[0].value"), text("code", "registry_format"))
				}
			}
			s.ask("3.4: canonical ones only", u.createLocal(`{"identifiers":[{"key":"cpf","value":"1"}]}`), ok)
		}},
		{Name: "verified", Run: func(s *Session) {
			const says = "3.3: verified:true comes with verification_date"
			s.ask(says, s.me().createLocal(`{"identifiers":[{"key":"k","value":"v","id_type":"Canonical","verified":true}]}`), badRequest,
				field("identifiers[0].verification_date"), text("code", "missing_verification_date"))
			s.ask(says, s.me().createLocal(`{"identifiers":[{"key":"k","value":"v","id_type":"Canonical","verified":true,"verification_date":"2026-01-02T03:04:05Z"}]}`), ok)
		}},
		{Name: "edit", Run: func(s *Session) {
			lid := s.newLocal(s.me(), `{}`)
			s.ask("3.3: I6", post("/api/items/LID-"+lid, canonical("sisbov", "1")).method("PUT").bearer(s.me().token), badRequest, text("code", "registry_format"))
		}},
		{Name: "digits", Run: func(s *Session) {
			for key, values := range map[string][]string{"cpf": {"12345678901", "11144477736"}, "cnpj": {"11222333000182", "11222333000191"}} {
				for _, v := range values {
					if level == "strict" {
						s.ask("3.3: strict", s.me().createLocal(canonical(key, v)), badRequest, field("identifiers[0].value"), text("code", "check_digit"))
					} else {
						s.ask("3.3: levels add up", s.me().createLocal(canonical(key, v)), ok)
					}
				}
			}
		}},
	}
	return cases
}
