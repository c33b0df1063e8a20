package breakdown

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestValueEnd(t *testing.T) {
	for _, c := range []struct {
		in      string
		end     int
		problem string
	}{
		{`{}`, 2, ""},
		{` {"a" : [ ] , "b":{} } x`, 22, ""},
		{`{"a":"\"\\\/\b\f\n\r\t\u00e9 é 𝄞"}`, 38, ""},
		{`{"a":-0.5e+10,"b":[0,1.25E-3,true,false,null]}`, 46, ""},
		{`{"a":"` + strings.Repeat("x", 100) + `"}`, 108, ""},
		{``, 0, short},
		{`{`, 1, short},
		{`{"a`, 3, short},
		{`{"a"`, 4, short},
		{`{"a":`, 5, short},
		{`{"a":1`, 6, short},
		{`{"a":-`, 6, short},
		{`{"a":1.`, 7, short},
		{`{"a":1e`, 7, short},
		{`{"a":1e-`, 8, short},
		{`{"a":tr`, 7, short},
		{`{"a":"\`, 6, short},
		{`{"a":"\u00`, 6, short},
		{`{"a":1,`, 7, short},
		{`[1`, 2, short},
		{`x`, 0, noValue},
		{`{a:1}`, 1, noKey},
		{`{"a" 1}`, 5, noColon},
		{`{"a":1 "b":2}`, 7, noComma},
		{`{"a":1]`, 6, noComma},
		{`[1}`, 2, noComma},
		{`[1,]`, 3, noValue},
		{`{"a":1,}`, 7, noKey},
		{`{"a":01}`, 5, badNumber},
		{`{"a":-x}`, 6, badNumber},
		{`{"a":1.x}`, 7, badNumber},
		{`{"a":1ex}`, 7, badNumber},
		{`{"a":nil}`, 5, badLiteral},
		{`{"a":"\x"}`, 6, badEscape},
		{`{"a":"\u12g4"}`, 6, badEscape},
		{"{\"a\":\"b\n\"}", 7, brokenText},
		{"{\"a\":\"b\x01\"}", 7, controlChar},
		{strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth), 2 * maxDepth, ""},
		{strings.Repeat("[", maxDepth+1), maxDepth, tooDeep},
	} {
		end, problem := valueEnd([]byte(c.in), 0)
		if end != c.end || problem != c.problem {
			t.Errorf("%.60q: ends at %d, %q; want %d, %q", c.in, end, problem, c.end, c.problem)
		}
	}
}

// A special byte is found wherever it stands in the eight that are looked at at once, whatever stands beside it.
func TestPlainFindsEverySpecialByte(t *testing.T) {
	for _, filler := range []byte{' ', '!', '#', '[', ']', 'a', 0x7f, 0x80, 0xa2, 0xff} {
		for special := range 256 {
			c := byte(special)
			stops := c == '"' || c == '\\' || c < ' '
			for at := range 20 {
				b := []byte(strings.Repeat(string([]byte{filler}), 20))
				b[at] = c
				want := len(b)
				if stops {
					want = at
				}
				if got := plain(b, 0); got != want {
					t.Fatalf("0x%02x at %d among 0x%02x: found at %d", c, at, filler, got)
				}
			}
		}
	}
}

// FuzzValueEnd holds the grammar against that of the standard library, and every beginning of a value against the rule
// that more of it may come.
func FuzzValueEnd(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-2.5e3,"x\u00e9\n",true,null,{}]}`, `{"a":1,}`, `[[],{"b":"\\"}]`, `{"a":"` + "\x1f" + `"}`, `{"":0}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		b := append(append([]byte{'['}, in...), ']')
		end, problem := valueEnd(b, 0)
		valid := problem == "" && space(b, end) == len(b)
		if problem != tooDeep && valid != json.Valid(b) {
			t.Fatalf("%q: valid %t, %d %q", b, valid, end, problem)
		}
		if end < 0 || end > len(b) {
			t.Fatalf("%q ends at %d", b, end)
		}
		if valid && len(b) < 200 {
			for n := range end {
				if at, p := valueEnd(b[:n], 0); p != short {
					t.Fatalf("%q: %d %q", b[:n], at, p)
				}
			}
		}
	})
}
