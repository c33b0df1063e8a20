package conformance

import "strings"

// weak is a password by the rule of accounts, section 2, that refuses it.
type weak struct{ name, password string }

// rules are passwords that break exactly one rule each, in the order of the contract.
func passwordRules() []weak {
	return []weak{
		{"short", "Aa1!xyz"},
		{"long", "Aa1!" + strings.Repeat("x", 69)},
		{"no-upper", "abcdef1!"},
		{"no-lower", "ABCDEF1!"},
		{"no-digit", "Abcdefg!"},
		{"no-special", "Abcdefg1"},
	}
}

// broken are passwords that break several rules; the first one decides.
func brokenPasswords() map[string]weak {
	return map[string]weak{
		"nothing-at-all":         {"short", ""},
		"short-and-all":          {"short", "ééé"},
		"short-no-upper":         {"short", "a1!"},
		"short-no-digit":         {"short", "Aa!"},
		"short-no-special":       {"short", "Aa1"},
		"short-in-letters":       {"short", "Éa1!é"},
		"long-no-upper":          {"long", "a1!" + strings.Repeat("x", 70)},
		"long-no-special":        {"long", "Aa1" + strings.Repeat("x", 70)},
		"long-in-bytes":          {"long", "Aa1!" + strings.Repeat("é", 35)},
		"no-upper-no-lower":      {"no-upper", "1234567!"},
		"no-upper-no-digit":      {"no-upper", "abcdefg!"},
		"no-upper-no-special":    {"no-upper", "abcdefg1"},
		"no-letters-but-special": {"no-upper", "!!!!!!!!"},
		"no-lower-no-digit":      {"no-lower", "ABCDEFG!"},
		"no-lower-no-special":    {"no-lower", "ABCDEFG1"},
		"no-digit-no-special":    {"no-digit", "Abcdefgh"},
		"digit-not-ascii":        {"no-digit", "Abcdefg!\u0663"},
		"special-is-a-digit":     {"no-special", "Abcdefg1\u0663"},
		"special-is-a-letter":    {"no-special", "Abcdefg1\u6eaf"},
		"case-less-letters":      {"no-upper", "\u6eaf\u6e90\u6eaf\u6e901!"},
	}
}

// passwordCases are the password rules, at registration and at reset, and that a password is taken byte for byte.
func passwordCases() []Case {
	var cases []Case
	for _, at := range []struct {
		area string
		send func(password string) Request
	}{
		{"register", func(p string) Request { return post("/api/auth/register", registrationWith("password", p)) }},
		{"reset", func(p string) Request { return resetRequest(strings.Repeat("ab", 32), p) }},
	} {
		for _, rule := range passwordRules() {
			cases = append(cases, answer(at.area+"/"+rule.name, "accounts 2: password rules, 400", at.send(rule.password), badRequest, fieldIfAny("password")))
		}
		cases = append(cases, Case{Name: at.area + "/rules-have-texts", Run: func(s *Session) { s.distinctRules(at.send) }})
		for name, broken := range brokenPasswords() {
			cases = append(cases, Case{Name: at.area + "/first-" + name, Run: func(s *Session) { s.firstRule(at.send, broken) }})
		}
	}
	for name, password := range map[string]string{
		"plain":           "Aa1!%s",
		"72-bytes":        "Aa1!" + strings.Repeat("x", 56) + "%s",
		"space-special":   "Aa1 %s",
		"spaces-around":   "  Aa1%s  ",
		"unicode-letters": "Éé1~%s",
		"nul":             "Aa1\x00%s",
		"newline":         "Aa1\n%s",
		"emoji":           "Aa1🌾%s",
		"decomposed":      "Ee\u03011%s",
		"title-case":      "Aa1ǅ!%s",
		"markup":          `Aa1<&>"'\%s`,
	} {
		cases = append(cases, Case{Name: "takes/" + name, Run: func(s *Session) { s.takesPassword(password) }})
	}
	cases = append(cases, Case{Name: "takes/exactly-8-bytes", Run: func(s *Session) {
		u := s.draft()
		u.password = "Aa1!wxyz"
		s.register(u)
		s.logIn(u)
	}})
	return under("password", sorted(cases)...)
}

// distinctRules wants a text of its own for every rule.
func (s *Session) distinctRules(send func(string) Request) {
	s.Helper()
	const says = "accounts 2: the first failing rule is what the client is told"
	texts := make(map[string]string)
	for _, rule := range passwordRules() {
		r := s.ask(says, send(rule.password), badRequest)
		if other, taken := texts[r.text("error")]; taken {
			s.wrong(r, "the text is that of rule "+other, says)
		}
		texts[r.text("error")] = rule.name
	}
}

// firstRule wants the refusal of a password to be the one of the first rule that it breaks.
func (s *Session) firstRule(send func(string) Request, broken weak) {
	s.Helper()
	const says = "accounts 2: the first failing rule decides"
	for _, rule := range passwordRules() {
		if rule.name == broken.name {
			want := s.ask(says, send(rule.password), badRequest)
			s.ask(says, send(broken.password), badRequest, text("error", want.text("error")))
		}
	}
}

// takesPassword registers with a password of that form, logs in with exactly it and with nothing like it.
func (s *Session) takesPassword(form string) {
	s.Helper()
	const says = "accounts 2: a password is never trimmed, cut or normalised"
	u := s.draft()
	u.password = strings.Replace(form, "%s", s.tag("a password"), 1)
	s.register(u)
	s.logIn(u)
	for _, other := range []string{
		strings.TrimSpace(u.password), u.password[:len(u.password)-1], strings.ToUpper(u.password),
		strings.ReplaceAll(u.password, "e\u0301", "\u00e9"), strings.SplitN(u.password, "\x00", 2)[0],
	} {
		if other != u.password {
			s.ask(says, u.login(other), unauthorized)
		}
	}
}

// fieldIfAny wants `field`, where it is there, to name that field or its spelling in reset-password.
func fieldIfAny(name string) Check {
	return func(r *Reply) string {
		got, found := r.get("field")
		if !found || got == name || got == "new_"+name {
			return ""
		}
		return "field is " + shown(got, true) + ", want " + name
	}
}

func resetRequest(token, password string) Request {
	return post("/api/auth/reset-password", fields{"token": token, "new_password": password}.String())
}
