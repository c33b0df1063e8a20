package breakdown

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
)

func TestCursorTakesEachValueWhole(t *testing.T) {
	c := &cursor{b: []byte(` { "text" : "a\nb" , "number": -1.5e2,"object":{"x":[{},"}"]}, "array":[1, 2 ,3],"no":null,"yes":true , "end":7 } `)}
	var got []string
	note := func(name []byte, v any) { got = append(got, fmt.Sprintf("%s=%v", name, v)) }
	c.members(func(name []byte) {
		switch string(name) {
		case "text":
			note(name, string(c.text()))
		case "number", "end":
			v, ok := c.number()
			note(name, fmt.Sprint(v, ok))
		case "array":
			sum := 0
			c.elements(func() { sum += c.integer() })
			note(name, sum)
		default:
			note(name, string(c.skip()))
		}
	})
	want := []string{"text=a\nb", "number=-150 true", `object={"x":[{},"}"]}`, "array=6", "no=null", "yes=true", "end=7 true"}
	if !slices.Equal(got, want) || c.peek() != 0 {
		t.Fatalf("%q, then %q", got, c.peek())
	}
}

// What has another type reads as nothing, and is taken all the same.
func TestCursorOfAnotherType(t *testing.T) {
	for _, value := range []string{`"s"`, `1`, `{"a":{"b":1}}`, `[1,[2]]`, `null`, `true`, `""`} {
		for name, take := range map[string]func(c *cursor){
			"text":     func(c *cursor) { c.text() },
			"number":   func(c *cursor) { c.number() },
			"members":  func(c *cursor) { c.members(func([]byte) { c.skip() }) },
			"elements": func(c *cursor) { c.elements(func() { c.skip() }) },
			"skip":     func(c *cursor) { c.skip() },
			"inner": func(c *cursor) {
				if inner := c.inner(); inner == c {
					c.skip()
				}
			},
		} {
			c := &cursor{b: []byte(`[` + value + `,7]`)}
			var last int
			c.elements(func() {
				if c.peek() == '7' {
					last = c.integer()
				} else {
					take(c)
				}
			})
			if last != 7 {
				t.Errorf("%s of %s does not take it whole", name, value)
			}
		}
	}
}

func TestInnerReadsWhatIsWrittenAsText(t *testing.T) {
	for in, want := range map[string]string{
		`{"a":1}`:              `{"a":1}`,
		`"{\"a\":\"\\\"\"}"`:   `{"a":"\""}`,
		`" {\"a\":1}"`:         ``,
		`"{\"a\":1} and text"`: ``,
		`"{half"`:              ``,
		`"text"`:               ``,
		`7`:                    ``,
	} {
		c := &cursor{b: []byte(in)}
		if got := string(c.inner().skip()); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

func TestNumbersThatFitNowhere(t *testing.T) {
	for in, want := range map[string]int{`1e999`: 0, `-1e999`: 0, `4294967296`: 0, `2147483647`: 2147483647, `503.9`: 503, `"503"`: 0} {
		if got := (&cursor{b: []byte(in)}).integer(); got != want {
			t.Errorf("%s: %d, want %d", in, got, want)
		}
	}
}

func FuzzUnescape(f *testing.F) {
	for _, seed := range []string{`a\n\"\\\/\b\f\r\t`, `\u00e9\ud834\udd1e`, `\ud834x`, `\udd1e`, `\ud834\ud834\udd1e`, `\ud834\u0041`, "é\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		quoted := []byte(`"` + raw + `"`)
		var want string
		if json.Unmarshal(quoted, &want) != nil {
			return
		}
		c := &cursor{b: quoted}
		// The standard library replaces bytes that are no UTF-8, which is done here when a text is kept.
		if got := fmt.Sprint([]rune(string(c.text()))); got != fmt.Sprint([]rune(want)) {
			t.Fatalf("%q: %s, want %q", raw, got, want)
		}
	})
}
