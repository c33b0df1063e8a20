package identifier_test

import (
	"strings"
	"testing"

	"tracedge/core/fault"
	"tracedge/core/identifier"
)

func canonical(key, value string) identifier.Identifier {
	return identifier.Identifier{Class: identifier.Canonical, Namespace: "generic", Key: key, Value: value}
}

func TestRegistries(t *testing.T) {
	const ok, format, digit = "", "registry_format", "check_digit"
	for _, c := range []struct{ key, value, registry, strict string }{
		{"sisbov", "BR123456789012", ok, ok},
		{"SISBOV", "BR123456789012", ok, ok},
		{"sisbov", "12345678901234", format, format},
		{"sisbov", "BR12345678901", format, format},
		{"sisbov", "BR12345678901A", format, format},
		{"sisbov", "br123456789012", format, format},
		{"sisbov", "BR1234567890123", format, format},
		{"sisbov", "BR12345678901\u0662", format, format}, // a digit, but not of ASCII
		{"sisbov", " BR123456789012", format, format},
		{"cpf", "12345678901", ok, digit},
		{"cpf", "123.456.789-01", ok, digit},
		{"cpf", "1234567890", format, format},
		{"cpf", "11111111111", format, format},
		{"cpf", "111.444.777-35", ok, ok},
		{"cpf", "11144477736", ok, digit},
		{"cpf", "11144477725", ok, digit},
		{"cpf", "52998224725", ok, ok},
		{"cpf", "00000000191", ok, ok}, // a remainder below 2
		{"cnpj", "11.222.333/0001-81", ok, ok},
		{"cnpj", "11222333000181", ok, ok},
		{"cnpj", "11222333000182", ok, digit},
		{"cnpj", "11222333000191", ok, digit},
		{"cnpj", "00000000000191", ok, ok},
		{"cnpj", "1122233300018", format, format},
		{"cnpj", "22222222222222", format, format},
		{"car", "BR-123456", ok, ok},
		{"car", "BR-12345", format, format},
		{"car", "BR-" + strings.Repeat("x", 41), ok, ok},
		{"car", "BR-" + strings.Repeat("x", 42), format, format},
		{"car", "br-1234567", format, format},
		{"nirf", "1.234.567-8", ok, ok},
		{"nirf", "1234567", format, format},
		{"ie", "ABCDEFGH", ok, ok},
		{"ie", "ABCDEFG", format, format},
		{"rfid", "0123456789", ok, ok},
		{"rfid", "012345678", format, format},
		{"rfid", "ééééé", ok, ok}, // ten bytes
		{"anything", "x", ok, ok},
	} {
		for level, want := range map[identifier.Level]string{
			identifier.Basic: ok, identifier.Registry: c.registry, identifier.Strict: c.strict,
		} {
			err := identifier.Rules{Level: level}.Check("identifiers", []identifier.Identifier{canonical(c.key, c.value)})
			if got := code(err); got != want {
				t.Errorf("%s %q at level %d: %q, want %q", c.key, c.value, level, got, want)
			}
			if want != ok && fault.From(err).Extra["field"] != "identifiers[0].value" {
				t.Errorf("%s %q: field %v", c.key, c.value, fault.From(err).Extra["field"])
			}
		}
		lot := canonical(c.key, c.value)
		lot.Class = identifier.Contextual
		if err := (identifier.Rules{Level: identifier.Strict}).Check("identifiers", []identifier.Identifier{lot}); err != nil {
			t.Errorf("%s %q is contextual and refused: %v", c.key, c.value, err)
		}
	}
}

// code is the rule that an error names, "" for none.
func code(err error) string {
	if err == nil {
		return ""
	}
	f := fault.From(err)
	name, _ := f.Extra["code"].(string)
	if f.Status != 400 || name == "" {
		return f.Error()
	}
	return name
}

func TestTexts(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*identifier.Identifier)
		rules  identifier.Rules
		field  string
		code   string
	}{
		"plain":              {func(*identifier.Identifier) {}, identifier.Rules{}, "", ""},
		"blank key":          {func(i *identifier.Identifier) { i.Key = " \u00a0" }, identifier.Rules{}, "key", "blank"},
		"blank value":        {func(i *identifier.Identifier) { i.Value = "" }, identifier.Rules{}, "value", "blank"},
		"blank namespace":    {func(i *identifier.Identifier) { i.Namespace = "" }, identifier.Rules{}, "", ""},
		"blank is held":      {func(i *identifier.Identifier) { i.Value = "" }, identifier.Rules{Blank: true, Level: identifier.Strict}, "", ""},
		"blank and too long": {func(i *identifier.Identifier) { i.Value, i.Key = "", strings.Repeat("k", 256) }, identifier.Rules{Blank: true}, "key", "too_long"},
		"longest": {func(i *identifier.Identifier) {
			i.Namespace, i.Key, i.Value = strings.Repeat("n", 255), strings.Repeat("k", 255), strings.Repeat("v", 1024)
		}, identifier.Rules{}, "", ""},
		"long namespace":    {func(i *identifier.Identifier) { i.Namespace = strings.Repeat("n", 256) }, identifier.Rules{}, "namespace", "too_long"},
		"long key":          {func(i *identifier.Identifier) { i.Key = strings.Repeat("é", 128) }, identifier.Rules{}, "key", "too_long"},
		"long value":        {func(i *identifier.Identifier) { i.Value = strings.Repeat("v", 1025) }, identifier.Rules{}, "value", "too_long"},
		"control":           {func(i *identifier.Identifier) { i.Value = "a\u0000b" }, identifier.Rules{}, "value", "control_character"},
		"later control":     {func(i *identifier.Identifier) { i.Namespace = "a\u0085" }, identifier.Rules{}, "namespace", "control_character"},
		"any namespace":     {func(i *identifier.Identifier) { i.Namespace = "Bovino" }, identifier.Rules{}, "", ""},
		"unknown namespace": {func(i *identifier.Identifier) { i.Namespace = "Bovino" }, identifier.Rules{Level: identifier.Registry}, "namespace", "unknown_namespace"},
		"no namespace":      {func(i *identifier.Identifier) { i.Namespace = "" }, identifier.Rules{Level: identifier.Registry}, "namespace", "unknown_namespace"},
		"known namespace":   {func(i *identifier.Identifier) { i.Namespace = "leite" }, identifier.Rules{Level: identifier.Registry}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			i := canonical("k", "v")
			c.change(&i)
			err := c.rules.Check("identifiers", []identifier.Identifier{canonical("a", "b"), i})
			if code(err) != c.code {
				t.Fatalf("%v, want %q", err, c.code)
			}
			if err != nil && fault.From(err).Extra["field"] != "identifiers[1]."+c.field {
				t.Fatalf("field %v", fault.From(err).Extra["field"])
			}
		})
	}
}

func TestCount(t *testing.T) {
	many := make([]identifier.Identifier, 101)
	for n := range many {
		many[n] = canonical("k", "v")
	}
	if err := (identifier.Rules{}).Check("identifiers", many[:100]); err != nil {
		t.Fatal(err)
	}
	if err := (identifier.Rules{}).Check("identifiers", many); code(err) != "too_many" || fault.From(err).Extra["field"] != "identifiers" {
		t.Fatal(err)
	}
}

func TestLevels(t *testing.T) {
	for name, want := range map[string]identifier.Level{
		"": identifier.Basic, "basic": identifier.Basic, "registry": identifier.Registry, "strict": identifier.Strict,
	} {
		if got, ok := identifier.ParseLevel(name); !ok || got != want {
			t.Errorf("%q: %d, %t", name, got, ok)
		}
	}
	if _, ok := identifier.ParseLevel("Basic"); ok {
		t.Error("Basic is a level")
	}
}
