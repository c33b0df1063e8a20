package web

import (
	"encoding/json"
	"math"
	"testing"
)

func TestJSSafe(t *testing.T) {
	for n, want := range map[JSSafe]string{
		0: "0", -7: "-7", maxInteger: "9007199254740991", -maxInteger: "-9007199254740991",
		maxInteger + 1: `"9007199254740992"`, -maxInteger - 1: `"-9007199254740992"`, math.MaxInt64: `"9223372036854775807"`, math.MinInt64: `"-9223372036854775808"`,
	} {
		doc, err := json.Marshal(n)
		if err != nil || string(doc) != want {
			t.Errorf("%d is written as %s, %v", int64(n), doc, err)
		}
		var back JSSafe
		if err := json.Unmarshal(doc, &back); err != nil || back != n {
			t.Errorf("%s is read as %d, %v", doc, back, err)
		}
	}
	for doc, want := range map[string]JSSafe{`"12"`: 12, `"-0"`: 0, `9223372036854775807`: math.MaxInt64, `"\u0031"`: 1, `null`: 0} {
		var n JSSafe
		if err := json.Unmarshal([]byte(doc), &n); err != nil || n != want {
			t.Errorf("%s is read as %d, %v", doc, n, err)
		}
	}
	for _, doc := range []string{`1.0`, `1e3`, `"1.0"`, `"01"`, `"+1"`, `""`, `" 1"`, `"-"`, `true`, `[1]`, `{}`, `9223372036854775808`, `"9223372036854775808"`} {
		var n JSSafe
		if err := json.Unmarshal([]byte(doc), &n); err == nil {
			t.Errorf("%s is read as %d", doc, n)
		}
	}
}
