package storagetest

import (
	"strconv"
	"strings"

	"tracedge/core/storage/wire"
)

// text is a JSON string of exactly n bytes of UTF-8 that repeats a unit and is filled up with ASCII.
func text(unit string, n int) string {
	body := strings.Repeat(unit, (n-2)/len(unit))
	return `"` + body + strings.Repeat("_", n-2-len(body)) + `"`
}

// texts: a document comes back byte for byte.
func texts(l *lab) {
	for _, doc := range []string{
		`null`, `0`, `""`, `{}`, `[]`, `-1.5e+300`,
		`{"name":"Fazenda São João – café","qty":"½ kg"}`,
		`"quotes \" and ' and backslash \\ and slash \/ and / and tab \t"`,
		"\"line separators \u2028 and \u2029 as they are\"",
		`"line separators \u2028 and \u2029 as escapes"`,
		"\"next line \u0085, no-break \u00a0, byte order mark \ufeff, replacement \ufffd\"",
		`"byte order mark \ufeff, null \u0000, lone surrogates \ud83c and \udf31"`,
		`"<script>alert('&amp;')</script> $& ${x} %s %00 {{.}}"`,
		"\"🌱👩🏽‍🌾 e\u0301 \u00e9 大豆 سویا\"",
		"\"delete \x7f, highest \U0010ffff\"",
		"{ \"spaces\" :\n\t[ 1 , 2 ]\r\n}",
		`{"a":1,"a":2,"__proto__":{"x":1},"constructor":3}`,
		`12345678901234567890.12345678901234567890`,
	} {
		l.put("text", doc)
		l.want("text", doc)
		if page := l.scan(wire.Scan{Prefix: "text", Limit: 1}); page.Count != 1 || page.Records[0].Doc != doc {
			l.Errorf("scan returns %+v, want %q", page.Records, doc)
		}
	}
	names := []string{`n/"`, `n/'`, `n/\`, `n/%2F`, `n/../x`, `n/__proto__`, `n/constructor`, `n/<&>`, `n/#?`, `n/;--`}
	for i, name := range names {
		l.put(name, strconv.Itoa(i))
	}
	for i, name := range names {
		l.want(name, strconv.Itoa(i))
	}
	l.bothWays("n/", 4, names)
}
