package plainjson

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestMarksOfHTMLStay(t *testing.T) {
	got, err := Marshal(map[string]any{"a": "<&>", "b": json.RawMessage(`{ "c": "\u003c>" }`)})
	if want := `{"a":"<&>","b":{"c":"\u003c>"}}`; err != nil || string(got) != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
	if _, err := Marshal(func() {}); err == nil {
		t.Error("a function is JSON")
	}
}

// What was written stays as it is when others are written, and one that cannot be written leaves nothing behind.
func TestResultsAreTheirOwn(t *testing.T) {
	long := strings.Repeat("x", 2*maxKept)
	first, _ := Marshal("first")
	for _, v := range []any{"other", long, 1} {
		if _, err := Marshal([]any{"begun", func() {}}); err == nil {
			t.Error("a function is JSON")
		}
		got, err := Marshal(v)
		want, _ := json.Marshal(v)
		if err != nil || !bytes.Equal(got, want) || string(first) != `"first"` {
			t.Errorf("%.20s, %v, and before %s", got, err, first)
		}
	}
}
