package conformance

import "strings"

// long255 is a text of 255 bytes.
var long255 = strings.Repeat("0123456789abcde", 17)

// identityCases are the identity rules of A2 and the comparison of names (C5 Identity text).
func identityCases() []Case {
	const says = "accounts 2: username and email non-empty, at most 255 bytes, no control characters; 400 with field"
	const mail = "accounts 2: one @, a non-empty local part, a domain with a dot and no spaces; 400 with field"
	const first = "accounts 2: the first failing rule decides; identity before password"
	refuses := func(name, says, member, value string) Case {
		return answer(name, says, post("/api/auth/register", registrationWith(member, value)), badRequest, field(member))
	}
	cases := []Case{
		refuses("username-empty", says, "username", ""),
		refuses("username-256", says, "username", long255+"x"),
		refuses("username-256-bytes-of-letters", says, "username", strings.Repeat("é", 128)),
		refuses("email-empty", says, "email", ""),
		refuses("email-256", says, "email", strings.Repeat("a", 256-len("@example.test"))+"@example.test"),
		refuses("email-no-at", mail, "email", "somebody.example.test"),
		refuses("email-two-ats", mail, "email", "some@body@example.test"),
		refuses("email-no-local-part", mail, "email", "@example.test"),
		refuses("email-no-domain", mail, "email", "somebody@"),
		refuses("email-domain-without-dot", mail, "email", "somebody@localhost"),
		refuses("email-domain-with-space", mail, "email", "somebody@exam ple.test"),
		refuses("email-only-at", mail, "email", "@"),
		answer("username-before-email", first, post("/api/auth/register", `{"username":"","email":"","password":"$password"}`), badRequest, field("username")),
		answer("username-before-password", first, post("/api/auth/register", `{"username":"","email":"$email","password":"x"}`), badRequest, field("username")),
		answer("email-before-password", first, post("/api/auth/register", `{"username":"$name","email":"x","password":"x"}`), badRequest, field("email")),
	}
	for name, control := range map[string]string{
		"nul": "\x00", "newline": "\n", "tab": "\t", "escape": "\x1b", "delete": "\x7f", "c1": "\u0085",
	} {
		cases = append(cases,
			refuses("username-control-"+name, says, "username", "a"+control+"b"),
			refuses("email-control-"+name, says, "email", "a"+control+"b@example.test"))
	}
	for name, pattern := range map[string]string{
		"space": "a %s", "slash": "a/%s", "dots": "../%s", "percent": "%%2F%s", "quote": `"'%s`, "markup": "<b>%s</b>",
		"emoji": "🌾%s", "right-to-left": "שלום%s", "han": "溯源%s", "backslash": `\%s`, "at": "%s@x", "colon": "user/%s:1",
		"zero-width": "a\u200d%s", "long": strings.Repeat("x", 255-13) + "%s",
	} {
		cases = append(cases, Case{Name: "username-takes-" + name, Run: func(s *Session) { s.namedLike(pattern) }})
	}
	for name, pattern := range map[string]string{
		"plus": "a+b%s@example.test", "subdomain": "%s@a.b.c.example.test", "letters": "ü%s@exämple.test", "quote": `"%s"@example.test`,
		"slash": "a/b%s@example.test", "long": strings.Repeat("x", 255-13-len("@example.test")) + "%s@example.test",
	} {
		cases = append(cases, Case{Name: "email-takes-" + name, Run: func(s *Session) {
			u := s.draft()
			u.email = strings.Replace(pattern, "%s", "m"+s.tag("an e-mail address"), 1)
			s.register(u)
			s.ask("A5: the spelling is kept", get("/api/auth/profile").bearer(u.token), ok, text("email", u.email))
			again := s.draft()
			again.email = u.email
			s.ask("A2: email taken", again.registration(), conflict, field("email"))
		}})
	}
	return under("identity", sorted(append(cases, spellingCases()...))...)
}

// namedLike registers a username of that form, which must then be found again.
func (s *Session) namedLike(pattern string) {
	s.Helper()
	const says = "accounts 2: any text without control characters up to 255 bytes is a username"
	u := s.draft()
	u.name = strings.Replace(strings.ReplaceAll(pattern, "%%", "%"), "%s", u.name, 1)
	s.register(u)
	s.ask(says, get("/api/auth/profile").bearer(u.token), ok, text("username", u.name))
	s.logIn(u)
	again := s.draft()
	again.name = u.name
	s.ask("A2: username taken", again.registration(), conflict, field("username"))
}

// spellingCases register one spelling and come with another that must be the same.
func spellingCases() []Case {
	var cases []Case
	for name, spelling := range map[string]struct{ one, other string }{
		"upper-case":  {"ab", "AB"},
		"lower-case":  {"AB", "ab"},
		"composed":    {"\u00e9", "e\u0301"},
		"decomposed":  {"e\u0301", "\u00e9"},
		"both":        {"\u00e9", "E\u0301"},
		"greek":       {"ΑΘΗ", "αθη"},
		"kelvin":      {"\u212a", "k"},
		"mark-order":  {"a\u0323\u0307", "a\u0307\u0323"},
		"hangul":      {"\uac00", "\u1100\u1161"},
		"angstrom":    {"\u212b", "a\u030a"},
		"cyrillic":    {"ИВАН", "иван"},
		"upper-tag":   {"", "^"},
		"sharp-s-cap": {"\u1e9e", "\u00df"},
	} {
		cases = append(cases, Case{Name: "same-" + name, Run: func(s *Session) { s.sameName(spelling.one, spelling.other) }})
	}
	for name, spelling := range map[string]struct{ one, other string }{
		"ligature":    {"ﬁ", "fi"},
		"full-width":  {"ａ", "a"},
		"accent":      {"é", "e"},
		"space":       {"a b", "ab"},
		"trailing":    {"a", "a "},
		"superscript": {"²", "2"},
	} {
		cases = append(cases, Case{Name: "differs-" + name, Run: func(s *Session) {
			const says = "C5: usernames are compared after NFC and lower-casing, nothing else"
			tag := s.newName()
			one, other := s.draft(), s.draft()
			one.name, other.name = tag+spelling.one, tag+spelling.other
			s.register(one)
			s.ask(says, other.registration(), ok)
		}})
	}
	return cases
}

// sameName registers tag+one and comes back with tag+other; "^" stands for the tag in upper case.
func (s *Session) sameName(one, other string) {
	s.Helper()
	const says = "C5: usernames and e-mails are compared after NFC and lower-casing"
	u := s.draft()
	tag := u.name
	upper := tag
	if other == "^" {
		other, upper = "", strings.ToUpper(tag)
	}
	u.name, u.email = tag+one, tag+one+"@example.test"
	s.register(u)

	again := s.draft()
	again.name = upper + other
	s.ask(says, again.registration(), conflict, field("username"))
	again = s.draft()
	again.email = upper + other + "@EXAMPLE.test"
	s.ask(says, again.registration(), conflict, field("email"))

	respelled := &user{name: upper + other}
	r := s.ask(says, respelled.login(u.password), ok, text("user_id", u.id))
	s.ask("accounts 10.1: the spelling is kept", get("/api/auth/profile").bearer(r.text("token")), ok,
		text("username", u.name), text("email", u.email))
}
