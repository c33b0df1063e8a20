package breakdown

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func scanAll(in io.Reader, window, limit int) (values []string, s *scanner) {
	s = newScanner(in, window, limit)
	for s.scan() {
		values = append(values, string(s.value))
	}
	return values, s
}

func TestScan(t *testing.T) {
	for _, c := range []struct {
		name, in     string
		want         []string
		text, broken int64
	}{
		{"nothing", "", nil, 0, 0},
		{"one after another", `{"a":1}{"b":{}} {"c":"}"}`, []string{`{"a":1}`, `{"b":{}}`, `{"c":"}"}`}, 0, 0},
		{"pretty", "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n{\n}\n", []string{"{\n  \"a\": {\n    \"b\": 1\n  }\n}", "{\n}"}, 0, 0},
		{"Windows line ends", "{\r\n \"a\": 1\r\n}\r\nbye\r\n", []string{"{\r\n \"a\": 1\r\n}"}, 1, 0},
		{"array", `[{"a":1}, {"b":2}]` + "\n[\n  {\"c\":3}\n]", []string{`{"a":1}`, `{"b":2}`, `{"c":3}`}, 0, 0},
		{"empty arrays", "[]\n[ ]\n", nil, 0, 0},
		{"text", "listening on x\n[wrangler:info] GET /\n{\"a\":1}\n\n] bye, {all}\n[\"no\", \"objects\"]\n", []string{`{"a":1}`}, 4, 0},
		{"text around a value", "stdout F {\"a\":1} (took {\"long\")\n{\"b\":2}\n", []string{`{"a":1}`, `{"b":2}`}, 2, 0},
		{"text that is nearly JSON", "use {\"a\": b}\n{\"b\":2}\n", []string{`{"b":2}`}, 1, 0},
		{"byte order marks", "\ufeff{\"a\":1}\n\ufeff{\"b\":2}", []string{`{"a":1}`, `{"b":2}`}, 0, 0},
		{"record separators", "\x1e{\"a\":1}\n\x1e{\"b\":2}\n", []string{`{"a":1}`, `{"b":2}`}, 0, 0},
		{"cut in a string", "{\"a\":\"b\n{\"c\":1}\n", []string{`{"c":1}`}, 0, 1},
		{"cut behind a member", "{\"a\":1,\n{\"c\":1}\n", []string{`{"c":1}`}, 0, 1},
		{"cut behind a name", "{\"a\":\n{\"c\":1}\n{\"d\":1}\n", []string{`{"c":1}`, `{"d":1}`}, 0, 1},
		{"cut in an array", "{\"a\":[\n[{\"c\":1},{\"d\":1}]\n{\"e\":1}", []string{`{"c":1}`, `{"d":1}`, `{"e":1}`}, 0, 1},
		{"cut behind a comma at the end", "{\"a\":[\n{\"c\":1},\n", []string{`{"c":1}`}, 1, 1},
		{"cut in a pretty one", "{\n  \"a\": {\n    \"b\":\n{\n  \"c\": 1\n}\n", []string{"{\n  \"c\": 1\n}"}, 0, 1},
		{"broken in an array", `[{"a":1},{"b":tru},{"c":1}]`, []string{`{"a":1}`, `{"c":1}`}, 0, 1},
		{"broken twice in a line", `{"a" "b"} {"c" "d"} {"e":1}` + "\n{\"f\" 1}\n", []string{`{"e":1}`}, 0, 2},
		{"cut at the end", `{"a":1}` + "\n" + `{"b":1`, []string{`{"a":1}`}, 0, 1},
		{"cut in text at the end", `words {"b":1`, nil, 1, 1},
		{"a brace at the end", "words {", nil, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			for window := 1; window < 40; window += 3 {
				for _, in := range []io.Reader{strings.NewReader(c.in), iotest.OneByteReader(strings.NewReader(c.in)), iotest.DataErrReader(strings.NewReader(c.in))} {
					got, s := scanAll(in, window, longest)
					if !slices.Equal(got, c.want) || s.text != c.text || s.broken != c.broken || s.err != nil || s.offset != int64(len(c.in)) {
						t.Fatalf("window %d: %q, %d lines of text, %d broken, %v, read %d of %d", window, got, s.text, s.broken, s.err, s.offset, len(c.in))
					}
				}
			}
		})
	}
}

func TestPlacesOfBrokenValues(t *testing.T) {
	in := "text\n{\"a\":1}\n{\"b\": }\n{\n  \"c\": [\n    1,\n  ]\n}\n{\"d\":\n{\"e\":1}\n{\"f"
	_, s := scanAll(strings.NewReader(in), 8, longest)
	want := []Place{
		{19, 3, 7, 3, noValue},
		{41, 7, 3, 4, noValue},
		{59, 11, 1, 9, noComma},
		{59, 11, 1, 11, short},
	}
	if !slices.Equal(s.places, want) {
		t.Fatalf("%+v", s.places)
	}
	if _, s := scanAll(strings.NewReader(strings.Repeat("{x\n", 100)), 8, longest); len(s.places) != maxPlaces || s.broken != 100 {
		t.Fatalf("%d places of %d", len(s.places), s.broken)
	}
}

// A value that is too long is passed over: what comes behind it is found, and the memory stays what it was.
func TestLongValuesArePassedOver(t *testing.T) {
	const limit = 1 << 10
	long := strings.Repeat("x", 10*limit)
	after := `{"b":1}`
	for name, in := range map[string]string{
		"a string":          `{"a":"` + long + `"}` + after,
		"a string, cut":     `{"a":"` + long + "\n" + after,
		"members":           `{"a":[` + strings.Repeat(`{"x":"}"},`, limit) + `{}]}` + after,
		"pretty":            "{\n" + strings.Repeat("  \"a\": {\n    \"x\": \"\\\"}\"\n  },\n", limit) + "  \"z\": 1\n}\n" + after,
		"pretty, cut":       "{\n" + strings.Repeat("  \"a\": {\n    \"x\": 1\n  },\n", limit) + after,
		"escapes":           `{"a":"` + strings.Repeat(`\"\\`, 4*limit) + `"}` + after,
		"white space":       "{" + strings.Repeat(" ", 10*limit) + "}" + after,
		"in an array":       `[{"a":"` + long + `"},` + after + `]`,
		"just above":        `{"a":"` + long[:limit-7] + `"}` + after,
		"broken far behind": `{"a":"` + long + `",x}` + "\n" + after,
	} {
		got, s := scanAll(strings.NewReader(in), 64, limit)
		if !slices.Equal(got, []string{after}) || s.broken != 1 || s.places[0].Problem != tooLong {
			t.Errorf("%s: %.80q, %+v", name, got, s.places)
		}
		if cap(s.window) > 4*limit {
			t.Errorf("%s: the window has %d bytes", name, cap(s.window))
		}
	}
	whole := `{"a":"` + long[:limit-8] + `"}`
	if got, s := scanAll(strings.NewReader(whole+after), 64, limit); !slices.Equal(got, []string{whole, after}) || s.broken != 0 {
		t.Errorf("the longest that fits: %d values, %+v", len(got), s.places)
	}
}

// Nothing that stands open for ever makes the window grow beyond its bound.
func TestOpenEndsStayBounded(t *testing.T) {
	const size, limit = 1 << 18, 1 << 10
	for _, unit := range []string{`{"a":`, `[`, `{`, `"`, `x`, ` `, "\n", `{"`, `{"a":"`, `[{"a":[`, "{\"a\":\n", "\\", ",", "[ ", "\x00", "\ufeff", "\xef"} {
		s := newScanner(strings.NewReader(strings.Repeat(unit, size/len(unit))), 64, limit)
		for s.scan() {
			t.Fatalf("%q is a value", s.value)
		}
		if cap(s.window) > 8*limit || s.offset != int64(size/len(unit)*len(unit)) {
			t.Errorf("%q: window %d bytes, read %d", unit, cap(s.window), s.offset)
		}
	}
}

func TestReadingFails(t *testing.T) {
	broken := errors.New("the disk is gone")
	in := io.MultiReader(strings.NewReader(`{"a":1} {"b"`), iotest.ErrReader(broken))
	got, s := scanAll(in, 8, longest)
	if !slices.Equal(got, []string{`{"a":1}`}) || !errors.Is(s.err, broken) || s.broken != 1 {
		t.Fatalf("%q, %v, %d broken", got, s.err, s.broken)
	}
	if _, s := scanAll(stuck{}, 8, longest); !errors.Is(s.err, io.ErrNoProgress) {
		t.Fatalf("a reader that gives nothing: %v", s.err)
	}
	if _, err := Read(iotest.ErrReader(broken), Filter{}); !errors.Is(err, broken) {
		t.Fatal(err)
	}
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

func ExampleRead() {
	log := `listening on http://127.0.0.1:8787
{"event":"request","level":"error","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","endpoint":"/api/auth/login","status_code":503,"error_kind":"overloaded"}
{"event":"request","level":"info","trace_id":"00000000000000000000000000000002","endpoint":"/health","status_code":200}
`
	b, err := Read(strings.NewReader(log), Filter{})
	if err != nil {
		panic(err)
	}
	r := b.Report()
	fmt.Println(r.Errors, "of", r.Requests, "requests failed:", r.Kinds)
	// Output: 1 of 2 requests failed: [{overloaded 1}]
}
