package conformance

import "strings"

// contentTypeCases are C5: application/json or application/*+json, parameters allowed, else 415.
func contentTypeCases() []Case {
	const says = "C5: Content-Type application/json or application/*+json, parameters allowed; else 415"
	return perForm("content-type", func(f form) []Case {
		send := f.send(f.whole())
		return []Case{
			answer("plain", says, send, f.answered),
			answer("charset", says, send.as("application/json; charset=utf-8"), f.answered),
			answer("upper-case", says, send.as("Application/JSON"), f.answered),
			answer("problem", says, send.as("application/problem+json; charset=utf-8"), f.answered),
			answer("vendor", says, send.as("application/vnd.tracedge.v1+json"), f.answered),
			answer("missing", says, send.without("Content-Type"), wrongType),
			answer("empty", says, send.as(""), wrongType),
			answer("text", says, send.as("text/plain"), wrongType),
			answer("text-json", says, send.as("text/json"), wrongType),
			answer("form", says, send.as("application/x-www-form-urlencoded"), wrongType),
			answer("multipart", says, send.as("multipart/form-data; boundary=x"), wrongType),
			answer("prefix", says, send.as("application/jsonx"), wrongType),
			answer("suffix", says, send.as("application/json+x"), wrongType),
			answer("sequence", says, send.as("application/json-seq"), wrongType),
			answer("other-top-level", says, send.as("image/svg+json"), wrongType),
			answer("before-syntax", "C2 step 10: content type before syntax", f.send("{").as("text/plain"), wrongType),
			answer("before-fields", "C2 step 10: content type before fields", f.send("{}").as("text/plain"), wrongType),
		}
	})
}

// syntaxCases are C5: exactly one JSON value in UTF-8 without BOM, nesting up to 128.
func syntaxCases() []Case {
	const says = "C5: exactly one JSON value in UTF-8 without BOM; else 400"
	const deep = "C5: nesting over 128 is 400"
	return perForm("syntax", func(f form) []Case {
		whole := f.whole()
		nested := func(arrays int) string {
			return f.body("", "", `,"unknown":`+strings.Repeat("[", arrays)+strings.Repeat("]", arrays))
		}
		cases := []Case{
			answer("white-space-around", says, f.send(" \t\r\n"+whole+" \t\r\n"), f.answered),
			answer("chunked", says, f.send(whole).chunked(), f.answered),
			answer("nesting-128", deep, f.send(nested(127)), f.answered),
			answer("nesting-129", deep, f.send(nested(128)), badRequest),
			answer("nesting-100000", deep, f.send(strings.Repeat("[", 100_000)), badRequest),
			answer("nesting-objects", deep, f.send(strings.Repeat(`{"a":`, 129)+"1"+strings.Repeat("}", 129)), badRequest),
			answer("before-types", "C2 step 10: syntax before types", f.send(`{"`+f.members[0].name+`":1,`), badRequest),
			answer("after-fields", "C2 step 10: syntax before types, even behind the last field",
				f.send(f.body(f.members[0].name, "1", "")+"x"), badRequest),
		}
		for name, body := range map[string]string{
			"empty":               "",
			"white-space":         " \n",
			"truncated-object":    whole[:len(whole)-1],
			"truncated-string":    whole[:len(whole)-2],
			"truncated-at-start":  "{",
			"trailing-letter":     whole + "x",
			"trailing-brace":      whole + "}",
			"trailing-comma":      whole + ",",
			"trailing-nul":        whole + "\x00",
			"two-values":          whole + whole,
			"two-lines":           whole + "\n" + whole,
			"bom":                 "\xef\xbb\xbf" + whole,
			"utf-16":              "\xff\xfe{\x00}\x00",
			"invalid-utf-8":       f.body("", "", `,"unknown":"`+"\xff"+`"`),
			"invalid-utf-8-key":   f.body("", "", `,"`+"\xc3\x28"+`":1`),
			"overlong-utf-8":      f.body("", "", `,"unknown":"`+"\xc0\xaf"+`"`),
			"surrogate-utf-8":     f.body("", "", `,"unknown":"`+"\xed\xa0\x80"+`"`),
			"comma-at-end":        f.body("", "", ","),
			"single-quotes":       strings.ReplaceAll(whole, `"`, `'`),
			"unquoted-name":       `{a:1}`,
			"comment":             f.body("", "", "/* */"),
			"nan":                 f.body("", "", `,"unknown":NaN`),
			"leading-zero":        f.body("", "", `,"unknown":01`),
			"plus":                f.body("", "", `,"unknown":+1`),
			"bare-point":          f.body("", "", `,"unknown":1.`),
			"hex":                 f.body("", "", `,"unknown":0x1`),
			"upper-case-true":     f.body("", "", `,"unknown":True`),
			"control-in-string":   f.body("", "", `,"unknown":"`+"\n"+`"`),
			"bad-escape":          f.body("", "", `,"unknown":"\x41"`),
			"bad-unicode-escape":  f.body("", "", `,"unknown":"\u12G4"`),
			"vertical-tab":        "\v" + whole,
			"no-break-space":      "\u00a0" + whole,
			"name-without-value":  f.body("", "", `,"unknown"`),
			"value-without-comma": strings.Replace(whole, ",", " ", 1),
			"form-encoded":        "username=a&password=b",
			"gzip":                "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xabV\x8aU\x00",
		} {
			cases = append(cases, answer(name, says, f.send(body), badRequest))
		}
		return sorted(cases)
	})
}

// fieldCases are C5 and C4: types, required fields, repeated and unknown names.
func fieldCases() []Case {
	return perForm("field", func(f form) []Case {
		const unknown = "C5: unknown names are ignored, in every case and number"
		cases := []Case{
			answer("unknown", unknown, f.send(f.body("", "", `,"unknown":{"a":[1,null]}`)), f.answered),
			answer("unknown-twice", unknown, f.send(f.body("", "", `,"unknown":1,"unknown":2`)), f.answered),
			answer("unknown-empty-name", unknown, f.send(f.body("", "", `,"":1`)), f.answered),
			answer("unknown-prototype", unknown, f.send(f.body("", "", `,"__proto__":{"a":1},"constructor":1`)), f.answered),
			answer("unknown-number", unknown, f.send(f.body("", "", `,"unknown":1e999`)), f.answered),
		}
		for name, body := range map[string]string{
			"array": "[]", "array-of-body": "[" + f.whole() + "]", "string": `"x"`, "number": "1", "true": "true", "null": "null",
		} {
			cases = append(cases, answer("top-level-"+name, "C4: a wrong type is 422", f.send(body), unprocessable))
		}
		for _, m := range f.members {
			cases = append(cases, memberCases(f, m)...)
		}
		return sorted(cases)
	})
}

// memberCases are the cases for one field of a body.
func memberCases(f form, m member) []Case {
	named := all(unprocessable, field(m.name))
	const once = "C5: a name of the request's own fields given twice is 422"
	escaped := strings.Replace(m.name, m.name[:1], `\u00`+hexOf(m.name[0]), 1)
	cases := []Case{
		answer("twice", once, f.send(f.body("", "", `,"`+m.name+`":`+m.value)), named),
		answer("twice-with-null", once, f.send(f.body("", "", `,"`+m.name+`":null`)), named),
		answer("twice-escaped", once, f.send(f.body("", "", `,"`+escaped+`":`+m.value)), named),
		answer("escaped-name", "C5: a name is its characters", f.send(strings.Replace(f.whole(), `"`+m.name+`"`, `"`+escaped+`"`, 1)), f.answered),
		answer("other-case-beside", "C5: names are case-sensitive, others are ignored",
			f.send(f.body("", "", `,"`+strings.ToUpper(m.name)+`":1`)), f.answered),
	}
	for name, value := range map[string]string{
		"number": "1", "true": "true", "object": "{}", "array": "[]", "array-of-text": "[" + m.value + "]",
	} {
		cases = append(cases, answer("is-"+name, "C4: a wrong type is 422 with the field", f.send(f.body(m.name, value, "")), named))
	}
	switch {
	case m.required:
		upper := strings.Replace(f.whole(), `"`+m.name+`"`, `"`+strings.ToUpper(m.name)+`"`, 1)
		cases = append(cases,
			answer("missing", "C4: a missing field is 422 with the field", f.send(f.body(m.name, "", "")), named),
			answer("null", "C5: null for a required field is 422", f.send(f.body(m.name, "null", "")), named),
			answer("other-case", "C5: names are case-sensitive", f.send(upper), named))
	default:
		cases = append(cases,
			answer("missing", "C5: optional", f.send(f.body(m.name, "", "")), f.answered),
			answer("null", "C5: absent and null mean the same for an optional field", f.send(f.body(m.name, "null", "")), f.answered))
	}
	return under(m.name, cases...)
}

func hexOf(c byte) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[c>>4], digits[c&15]})
}
