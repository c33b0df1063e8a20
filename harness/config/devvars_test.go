package config

import (
	"errors"
	"maps"
	"strings"
	"testing"
)

func TestParseDevVars(t *testing.T) {
	content := "\ufeff# secrets\r\n" + `
PLAIN=value
EMPTY=
EMPTY_COMMENT= # nothing
  SPACED  =   a b c   
export EXPORTED=yes
COLON: value
DOT.AND-DASH=1
HASH=before#after
EQUALS=a=b==
SINGLE='a # b \n $X'
DOUBLE="line\nnext \"quoted\""   # comment
BACK=` + "`it's \"both\"`" + `
PEM="-----BEGIN-----
abc
-----END-----"
AFTER=pem
INNER='it's'
TRAILING='C:\'
TWICE=1
TWICE=2
JSON={"a":"b"}
LAST=end`
	vars, err := parseDevVars(".dev.vars", content)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for name, v := range vars {
		got[name] = v.Text
	}
	want := map[string]string{
		"PLAIN": "value", "EMPTY": "", "EMPTY_COMMENT": "", "SPACED": "a b c", "EXPORTED": "yes", "COLON": "value",
		"DOT.AND-DASH": "1", "HASH": "before", "EQUALS": "a=b==", "SINGLE": `a # b \n $X`,
		"DOUBLE": "line\nnext \\\"quoted\\\"", "BACK": `it's "both"`,
		"PEM": "-----BEGIN-----\nabc\n-----END-----", "AFTER": "pem", "INNER": "it's", "TRAILING": `C:\`,
		"TWICE": "2", "JSON": `{"a":"b"}`, "LAST": "end",
	}
	for name, text := range want {
		if v, ok := got[name]; !ok || v != text {
			t.Errorf("%s = %q (there: %v), want %q", name, v, ok, text)
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("variables are %q", got)
	}
	for name, line := range map[string]int{"PLAIN": 3, "PEM": 15, "AFTER": 18, "TWICE": 22, "LAST": 24} {
		if vars[name].Line != line {
			t.Errorf("%s is on line %d, want %d", name, vars[name].Line, line)
		}
	}
}

func TestParseDevVarsErrors(t *testing.T) {
	for _, tt := range []struct {
		content string
		line    int
		want    string
	}{
		{"A=1\nnonsense\n", 2, "not NAME=value"},
		{"A=1\n=value", 2, "not NAME=value"},
		{"A=1\n\n# c\nB=\"open\nC=2\n", 4, "quotes around the value of B"},
		{"A='x' y", 1, "quotes around the value of A"},
		{"A='", 1, "quotes around the value of A"},
		{"A=\"x\nB=\"y\"", 1, "quotes around the value of A"},
	} {
		_, err := parseDevVars("f", tt.content)
		var e *Error
		if !errors.As(err, &e) || e.Line != tt.line || e.File != "f" || !strings.Contains(e.Message, tt.want) {
			t.Errorf("%q: %v, want line %d with %q", tt.content, err, tt.line, tt.want)
		}
	}
}
