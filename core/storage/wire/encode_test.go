package wire

import (
	"encoding/json"
	"testing"
)

func TestEncodeLeavesMarksOfHTML(t *testing.T) {
	got, err := Encode(map[string]any{"a": "<&>", "b": json.RawMessage(`{ "c": "\u003c>" }`)})
	if want := `{"a":"<&>","b":{"c":"\u003c>"}}`; err != nil || string(got) != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
	if _, err := Encode(func() {}); err == nil {
		t.Error("a function is JSON")
	}
}
