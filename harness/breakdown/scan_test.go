package breakdown

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func scanAll(r io.Reader) (values []string, s *Scanner) {
	s = NewScanner(r)
	for s.Scan() {
		values = append(values, string(s.Value()))
	}
	return values, s
}

func TestScanner(t *testing.T) {
	for _, c := range []struct {
		name, in     string
		want         []string
		text, broken int64
	}{
		{"compact", `{"a":1}{"b":{}}` + "\n" + `{"c":"}"}`, []string{`{"a":1}`, `{"b":{}}`, `{"c":"}"}`}, 0, 0},
		{"pretty", "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n{\n}\n", []string{"{\n  \"a\": {\n    \"b\": 1\n  }\n}", "{\n}"}, 0, 0},
		{"array", `[{"a":1}, {"b":2}]` + "\n[\n  {\"c\":3}\n]", []string{`{"a":1}`, `{"b":2}`, `{"c":3}`}, 0, 0},
		{"escapes", `{"a":"\"}{\\"}`, []string{`{"a":"\"}{\\"}`}, 0, 0},
		{"text between", "listening on x\n[wrangler:info] GET /\n{\"a\":1}\n\nbye", []string{`{"a":1}`}, 3, 0},
		{"cut in a string", "{\"a\":\"b\n{\"c\":1}\n", []string{`{"c":1}`}, 0, 1},
		{"cut between members", "{\"a\":1,\n{\"c\":1}\n", []string{`{"c":1}`}, 0, 1},
		{"cut at the end", `{"a":1`, nil, 0, 1},
		{"empty", "", nil, 0, 0},
		{"empty array", "[]\n[ ]\n", nil, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, s := scanAll(strings.NewReader(c.in))
			if !slices.Equal(got, c.want) || s.Text != c.text || s.Broken != c.broken || s.Err() != nil {
				t.Fatalf("%q, %d lines of text, %d broken, %v", got, s.Text, s.Broken, s.Err())
			}
			slow, _ := scanAll(iotest.OneByteReader(strings.NewReader(c.in)))
			if !slices.Equal(slow, c.want) {
				t.Fatalf("a byte at a time: %q", slow)
			}
		})
	}
}

func TestScannerBoundsAValue(t *testing.T) {
	long := `{"a":"` + strings.Repeat("x", MaxValue) + `"}` + "\n"
	got, s := scanAll(strings.NewReader(long + `{"b":1}`))
	if !slices.Equal(got, []string{`{"b":1}`}) || s.Broken != 1 || cap(s.value) > 3*MaxValue {
		t.Fatalf("%d values, %d broken, %d bytes held", len(got), s.Broken, cap(s.value))
	}
}

func TestScannerTellsWhereAValueBroke(t *testing.T) {
	_, s := scanAll(strings.NewReader("{\"a\":1}\n{\"b\":\"\n{\"c\":1}\n"))
	if !slices.Equal(s.Places, []int64{8}) {
		t.Fatalf("places %v", s.Places)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`{"event":"request","status_code":500,"error_kind":"internal_error","time":"2026-03-01T12:00:00Z"}`)
	f.Add(`[{"outcome":"ok","logs":[{"message":[{"event":"request"}]}]}]`)
	f.Add("text\n{\"a\":\n[{}]")
	f.Fuzz(func(t *testing.T, in string) {
		b, err := Read(strings.NewReader(in), Filter{})
		if err != nil {
			t.Fatal(err)
		}
		slow, _ := Read(iotest.OneByteReader(strings.NewReader(in)), Filter{})
		if got, want := fmt.Sprintf("%+v", slow.Report()), fmt.Sprintf("%+v", b.Report()); got != want {
			t.Fatalf("read at once\n%s\nand in pieces\n%s", want, got)
		}
	})
}
