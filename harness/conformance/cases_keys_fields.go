package conformance

import (
	"fmt"
	"strings"
)

// keyFieldCases are the field rules of K1 and K4.
func keyFieldCases() []Case {
	entries := func(n int, text string) []string {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf(text, i))
		}
		return list
	}
	cases := []Case{
		keyRule("name", true,
			[]any{"n", long255, "ü 🌾 <b>", " "},
			[]any{"", long255 + "x", strings.Repeat("é", 128), "a\nb", "a\x00b", "a\u0085b", 1, true, []string{"a"}, fields{}}),
		keyRule("organization_type", false,
			[]any{"Producer", "Association", "Enterprise", "External"},
			[]any{"", "producer", "Farm", 1, jsonNull{}}),
		keyRule("organization_id", false,
			[]any{"8e03978e-40d5-43e8-bc93-6894a57f9324", "8E03978E40D543E8BC936894A57F9324", "{8e03978e-40d5-43e8-bc93-6894a57f9324}", jsonNull{}},
			[]any{"", "x", "8e03978e-40d5-43e8-bc93-6894a57f932", 1}),
		keyRule("rate_limit_per_hour", true, []any{1, 1_000_000, 7, jsonNull{}}, []any{0, -1, 1_000_001, 1.5, "5", true, 1e300}),
		keyRule("expires_in_days", false, []any{1, 3650, jsonNull{}}, []any{0, -1, 3651, 1.5, "5"}),
		keyRule("notes", true, []any{"", "n", strings.Repeat("n", 4096), "line\nline", jsonNull{}}, []any{strings.Repeat("n", 4097), strings.Repeat("é", 2049), 1}),
		keyRule("allowed_endpoints", false,
			[]any{[]string{}, []string{"/"}, []string{"/api/items/:dfid", "/api"}, entries(100, "/e%d"), jsonNull{}},
			[]any{[]string{""}, []string{"api"}, []string{"/api", "https://x/"}, entries(101, "/e%d"), "/api", []any{1}, []any{nil}}),
		keyRule("allowed_ips", false,
			[]any{[]string{}, []string{"10.0.0.1", "10.0.0.0/8", "2001:db8::1", "2001:db8::/32", "0.0.0.0/0", "::ffff:10.0.0.1"}, entries(100, "10.0.0.%d"), jsonNull{}},
			[]any{[]string{""}, []string{"10.0.0"}, []string{"10.0.0.1/33"}, []string{"::/129"}, []string{"host.example"}, []string{"10.0.0.1:80"},
				[]string{"fe80::1%eth0"}, []string{"10.0.0.1", "x"}, entries(101, "10.0.1.%d"), "10.0.0.1", []any{1}}),
		keyRule("permissions", true,
			[]any{permissions(true, true, false), permissions(false, false, false),
				fields{"read": true, "write": false, "admin": false, "custom": fields{"a": true, "b": false}}, jsonNull{}},
			[]any{fields{}, fields{"read": true}, fields{"read": true, "write": true, "admin": false}, fields{"write": true, "admin": false, "custom": fields{}},
				fields{"read": 1, "write": true, "admin": false, "custom": fields{}}, fields{"read": nil, "write": true, "admin": false, "custom": fields{}},
				fields{"read": true, "write": true, "admin": false, "custom": fields{"a": 1}}, fields{"read": true, "write": true, "admin": false, "custom": []string{}},
				"all", []string{}, true}),
	}
	return under("fields", append(cases, keyBodyCases()...)...)
}

// jsonNull is the null of JSON, where nil would leave a member out.
type jsonNull struct{}

// MarshalJSON writes null.
func (jsonNull) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// keyRule is a member with values that are taken and values that are refused, in K1 and where it can be changed in K4.
func keyRule(member string, changeable bool, taken, refused []any) Case {
	const says = "accounts 8.1: field rules (422)"
	return Case{Name: member, Run: func(s *Session) {
		k := s.myKey(nil)
		inMember := func(r *Reply) string {
			if got := r.text("field"); got != member && !strings.HasPrefix(got, member+".") && !strings.HasPrefix(got, member+"[") {
				return fmt.Sprintf("field is %q, want %s", got, member)
			}
			return ""
		}
		for _, value := range taken {
			s.ask(says, s.me().createKey(fields{member: value}), ok)
			if changeable {
				s.ask(says, k.patch(fields{member: value}), ok)
			}
		}
		for _, value := range refused {
			s.ask(says, s.me().createKey(fields{member: value}), unprocessable, inMember)
			if changeable {
				s.ask(says, k.patch(fields{member: value}), unprocessable, inMember)
			}
		}
	}}
}

// keyBodyCases are C5 at K1 and K4.
func keyBodyCases() []Case {
	return []Case{
		{Name: "required", Run: func(s *Session) {
			const says = "K1: name! and organization_type!; a missing or null one is 422"
			for _, member := range []string{"name", "organization_type"} {
				s.ask(says, s.me().createKey(fields{member: nil}), unprocessable, field(member))
				s.ask(says, s.me().createKey(fields{member: jsonNull{}}), unprocessable, field(member))
			}
			s.ask("C4: unknown enum value, with provided and allowed", s.me().createKey(fields{"organization_type": "Farm"}), unprocessable,
				text("provided", "Farm"), each([]string{"allowed"}, "the six types", func(v any) bool { l, _ := v.([]any); return len(l) == 6 }))
		}},
		{Name: "body", Run: func(s *Session) {
			k := s.myKey(nil)
			for _, target := range []Request{s.me().createKey(nil), k.patch(fields{"name": "x"})} {
				s.ask("C5: content type", target.as("text/plain"), wrongType)
				s.ask("C5: content type", target.without("Content-Type"), wrongType)
				s.ask("C5: content type", target.as("application/vnd.x+json"), ok)
				s.ask("C5: one JSON value", target.carrying(""), badRequest)
				s.ask("C5: one JSON value", target.carrying(`{"name":`), badRequest)
				s.ask("C5: one JSON value", target.carrying(target.Body+"x"), badRequest)
				s.ask("C5: an object", target.carrying(`[]`), unprocessable)
				s.ask("C5: an object", target.carrying(`null`), unprocessable)
				s.ask("C5: a name given twice is 422", target.carrying(`{"organization_type":"Producer","name":"a","name":"b"}`), unprocessable, field("name"))
				s.ask("C5: unknown names are ignored", target.carrying(`{"organization_type":"Producer","name":"a","owner_id":"x","Name":1}`), ok)
				s.ask("C5: at most 2 MiB", target.carrying(strings.Repeat(" ", limit+1)), tooLarge)
			}
		}},
		{Name: "nothing-kept-of-a-refusal", Run: func(s *Session) {
			s.ask("accounts 8.1", s.me().createKey(fields{"rate_limit_per_hour": 0}), unprocessable)
			if _, list := s.keyList(s.me(), "?include_inactive=true"); len(list) != 0 {
				s.Errorf("%d keys after a refused creation", len(list))
			}
		}},
	}
}
