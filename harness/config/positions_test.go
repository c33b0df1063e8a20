package config

import (
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"pgregory.net/rapid"
)

func TestPositions(t *testing.T) {
	text := `# a comment [not.a.table]
name = "x" # name = 2
"quoted key" = '''
[in.a.string]
'''
text = """a \""" b
c"""
after = 1

[triggers]
crons = [ # every
  "* * * * *", "a # b",

  '''0 0
* * *''' , # last
]
[[kv]]
binding = "A"
[kv.sub]
deep.er = 1
[[kv]]
  binding = "B"
  [[kv.list]]
  x = 1
[inline]
objects = [
  {name = "a", list = [1,
    2]}, {name = "b"},
  {name = "c"}
]
last = 2026-01-01`
	var m map[string]any
	if _, err := toml.Decode(text, &m); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{
		"name": 2, "quoted key": 3, "text": 6, "after": 8,
		"triggers": 10, "triggers.crons": 11, "triggers.crons[0]": 12, "triggers.crons[1]": 12, "triggers.crons[2]": 14,
		"kv": 17, "kv[0]": 17, "kv[0].binding": 18, "kv[0].sub": 19, "kv[0].sub.deep": 20, "kv[0].sub.deep.er": 20,
		"kv[1]": 21, "kv[1].binding": 22, "kv[1].list": 23, "kv[1].list[0]": 23, "kv[1].list[0].x": 24,
		"inline": 25, "inline.objects": 26,
		"inline.objects[0]": 27, "inline.objects[0].name": 27, "inline.objects[0].list": 27,
		"inline.objects[0].list[0]": 27, "inline.objects[0].list[1]": 28,
		"inline.objects[1]": 28, "inline.objects[1].name": 28,
		"inline.objects[2]": 29, "inline.objects[2].name": 29, "inline.last": 31,
	}
	for _, text := range []string{text, strings.ReplaceAll(text, "\n", "\r\n")} {
		got := positions(text)
		for path, line := range want {
			if got[path] != line {
				t.Errorf("%s is on line %d, want %d", path, got[path], line)
			}
		}
		for path, line := range got {
			if _, ok := want[path]; !ok {
				t.Errorf("unexpected path %q on line %d", path, line)
			}
		}
	}
}

// TestPositionsEnds makes sure that no text, not even one that is no TOML, hangs
// or breaks the scanner.
func TestPositionsEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("ab.=[]{}\"'\\\n\r #,1"))).Draw(t, "text")
		lines := 1 + strings.Count(text, "\n")
		for path, line := range positions(text) {
			if line < 1 || line > lines {
				t.Fatalf("%q is on line %d of %d", path, line, lines)
			}
		}
	})
}
