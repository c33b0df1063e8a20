package plainjson

import (
	"encoding/json"
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
