package story

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	blocks, err := Parse("text\n```sh\na=1\n```\n\n```sh\necho $a\n```\nprints\n```json\n{\"b\": 1}\n```\n")
	if err != nil || len(blocks) != 2 || blocks[0].Commands != "a=1\n" || blocks[0].Want != "" || blocks[1].Line != 7 || blocks[1].Want != "{\"b\": 1}\n" {
		t.Fatalf("%+v, %v", blocks, err)
	}
	for _, bad := range []string{"```\nx\n```\n", "```sh\nx\n", "```json\n{}\n```\n"} {
		if _, err := Parse(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestDiffer(t *testing.T) {
	const output = "first line\n" + `{"a":{"b":[1,"x"],"c":null},"d":"e"}`
	for _, want := range []string{`{}`, `{"d":"e"}`, `{"a":{"b":[1,"..."]}}`, `{"a":{"c":null}}`} {
		if d := Differ(output, want); d != "" {
			t.Errorf("%s: %s", want, d)
		}
	}
	for want, part := range map[string]string{
		`{"d":"f"}`: `d is "e"`, `{"a":{"b":[1]}}`: "a.b is", `{"a":{"b":[2,"x"]}}`: "a.b[0] is 1", `{"none":"..."}`: "none is null", `[]`: "the document shows []", `{`: "no JSON",
	} {
		if d := Differ(output, want); !strings.Contains(d, part) {
			t.Errorf("%s: %q lacks %q", want, d, part)
		}
	}
	if d := Differ("curl: (7)", `{}`); !strings.Contains(d, "no JSON") {
		t.Error(d)
	}
}
