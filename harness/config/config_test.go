package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const complete = `name = "tracedge"
main = "worker/worker.mjs"
compatibility_date = "2026-01-31"
compatibility_flags = ["nodejs_compat"]
workers_dev = true

[vars]
MODE = "display"
LIMIT = 60
LIST = ["a", { b = true }]

[secrets]
required = ["TOKEN_SECRET"]

[[kv_namespaces]]
binding = "EDGE"
id = "0123"

[[kv_namespaces]]
binding = "LOCAL"

[[durable_objects.bindings]]
name = "SEQUENCER"
class_name = "Sequencer"

[[migrations]]
tag = "v1"
new_classes = ["Old", "Gone"]
new_sqlite_classes = ["First"]

[[migrations]]
tag = "v2"
renamed_classes = [{ from = "First", to = "Sequencer" }]
deleted_classes = ["Gone"]

[triggers]
crons = ["* * * * *", "0 3 * * MON"]

[[rules]]
type = "CompiledWasm"
globs = ["**/*.wasm"]

[observability]
enabled = true
`

// load writes the files to a folder and loads its wrangler.toml.
func load(t *testing.T, files map[string]string, o Options) (*Config, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if o.LookupEnv == nil {
		o.LookupEnv = func(string) (string, bool) { return "", false }
	}
	return Load(filepath.Join(dir, "wrangler.toml"), o)
}

func TestLoad(t *testing.T) {
	c, err := load(t, map[string]string{"wrangler.toml": complete}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		Path: c.Path, Dir: filepath.Dir(c.Path), Name: "tracedge", Main: "worker/worker.mjs",
		CompatibilityDate: "2026-01-31", CompatibilityFlags: []string{"nodejs_compat"},
		Vars:           map[string]any{"MODE": "display", "LIMIT": int64(60), "LIST": []any{"a", map[string]any{"b": true}}},
		KVNamespaces:   []KVNamespace{{"EDGE", "0123"}, {"LOCAL", "LOCAL"}},
		DurableObjects: []DurableObject{{Binding: "SEQUENCER", Class: "Sequencer", SQLite: true}},
		Crons:          []string{"* * * * *", "0 3 * * MON"},
		Rules:          []Rule{{"CompiledWasm", []string{"**/*.wasm"}}},
		Secrets:        []string{"TOKEN_SECRET"},
		Unsupported:    map[string]string{},
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
	if m := c.Missing(); !slices.Equal(m, []string{"TOKEN_SECRET"}) {
		t.Errorf("Missing() = %q", m)
	}
}

func TestPrecedence(t *testing.T) {
	environment := map[string]string{
		"MODE": "environment", "TOKEN_SECRET": "from the environment", "OPTIONAL": "given", "EMPTY": "",
		"HOME": "/root", "ONLY_FILE": "not declared", "EDGE": "a binding",
	}
	c, err := load(t, map[string]string{
		"wrangler.toml": complete,
		".dev.vars":     "TOKEN_SECRET=from the file\nLIMIT=7\nONLY_FILE=yes\nEMPTY=kept\nOVER=file\n",
	}, Options{
		Known:     []string{"OPTIONAL", "EMPTY", "UNSET", "EDGE"},
		LookupEnv: func(name string) (string, bool) { v, ok := environment[name]; return v, ok },
		Vars:      []string{"OVER=a=b\nc", "NEW="},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"MODE": "environment", "TOKEN_SECRET": "from the environment", "OPTIONAL": "given", "EMPTY": "kept",
		"ONLY_FILE": "yes", "LIMIT": "7", "LIST": []any{"a", map[string]any{"b": true}}, "OVER": "a=b\nc", "NEW": "",
	}
	if !reflect.DeepEqual(c.Vars, want) {
		t.Errorf("got  %v\nwant %v", c.Vars, want)
	}
	if m := c.Missing(); len(m) != 0 {
		t.Errorf("Missing() = %q", m)
	}
}

func TestNotHeeded(t *testing.T) {
	c, err := load(t, map[string]string{"wrangler.toml": `main = "./m.mjs"
mian = 1
[[r2_buckets]]
binding = "B"
[env.staging]
name = "s"
[queues]
producers = [{ queue = "q", binding = "Q" }]
[ai]
binding = "AI"
[[ratelimits]]
name = "LIMIT"
simple = { limit = 1, period = 60 }
`}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range c.Warnings {
		got = append(got, strings.TrimPrefix(w.String(), c.Dir+string(filepath.Separator)))
	}
	want := []string{
		"wrangler.toml:2: mian is not a key of wrangler.toml",
		"wrangler.toml:3: r2_buckets is not emulated",
		"wrangler.toml:7: queues is not emulated",
		"wrangler.toml:9: ai is not emulated",
		"wrangler.toml:11: ratelimits is not emulated",
	}
	if !slices.Equal(got, want) {
		t.Errorf("warnings are %q, want %q", got, want)
	}
	unsupported := map[string]string{"B": "r2_buckets", "Q": "queues", "AI": "ai", "LIMIT": "ratelimits"}
	if !reflect.DeepEqual(c.Unsupported, unsupported) {
		t.Errorf("unsupported bindings are %v, want %v", c.Unsupported, unsupported)
	}
	if c.Main != "m.mjs" {
		t.Errorf("main is %q", c.Main)
	}
}

func TestErrors(t *testing.T) {
	const head = "main = \"m.mjs\"\n" // line 1
	class := "[[durable_objects.bindings]]\nname = \"S\"\nclass_name = \"S\"\n"
	for _, tt := range []struct {
		name, toml string
		line       int
		want       string
	}{
		{"syntax", head + "[vars\nA = 1", 2, "to end table name"},
		{"duplicate key", head + "name = \"a\"\nname = \"b\"", 3, "already been defined"},
		{"no main", "name = \"x\"", 0, "main is missing"},
		{"main elsewhere", "main = \"../m.mjs\"", 1, "main leads out of the folder"},
		{"wrong type", head + "name = 5", 2, "name is a number, not a string"},
		{"date", head + "compatibility_date = \"31.1.2026\"", 2, "compatibility_date is not a date"},
		{"TOML date", head + "compatibility_date = 2026-01-31", 2, "is a date, not a string"},
		{"date in vars", head + "[vars]\nA = \"x\"\nB = [[1], [2026-01-31]]", 4, "vars.B is or has a date"},
		{"vars no table", head + "vars = true", 2, "vars is a boolean, not a table"},
		{"var name", head + "[vars]\n\"A B\" = \"x\"", 3, "no name for a binding"},
		{"KV without binding", head + "[[kv_namespaces]]\nbinding = \"A\"\n[[kv_namespaces]]\nid = \"x\"", 4, "kv_namespaces[1].binding is missing"},
		{"KV inline", head + "kv_namespaces = [\n  { binding = \"A\" },\n  { binding = 7 },\n]", 4, "kv_namespaces[1].binding is a number"},
		{"KV is a table", head + "[kv_namespaces]\nbinding = \"A\"", 2, "not a list of tables"},
		{"KV of no table", head + "kv_namespaces = [\"A\"]", 2, "kv_namespaces[0] is a string, not a table"},
		{"class without migration", head + class, 4, "which no migration creates"},
		{"deleted class", head + class + "[[migrations]]\ntag = \"1\"\nnew_sqlite_classes = [\"S\"]\n[[migrations]]\ntag = \"2\"\ndeleted_classes = [\"S\"]", 4, "which no migration creates"},
		{"tag twice", head + "[[migrations]]\ntag = \"1\"\n[[migrations]]\ntag = \"1\"", 5, "used twice"},
		{"other worker", head + class + "script_name = \"other\"", 5, "objects of another worker"},
		{"cron", head + "[triggers]\ncrons = [\n  \"* * * * *\",\n  \"* * *\",\n]", 5, `triggers.crons[1] is wrong: cron expression "* * *" has 3 fields`},
		{"crons no list", head + "[triggers]\ncrons = \"* * * * *\"", 3, "not a list of strings"},
		{"cron of a number", head + "[triggers]\ncrons = [5]", 3, "triggers.crons[0] is a number"},
		{"rule type", head + "[[rules]]\ntype = \"Wasm\"\nglobs = [\"*\"]", 3, "no type of module"},
		{"rule without globs", head + "[[rules]]\ntype = \"Text\"", 2, "rules[0].globs is missing"},
		{"name twice", head + "[vars]\nA = \"x\"\n[[kv_namespaces]]\nbinding = \"A\"", 5, "binds A, and so does vars.A"},
		{"secret is a var", head + "[vars]\nA = \"x\"\n[secrets]\nrequired = [\"B\", \"A\"]", 5, "binds A"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, map[string]string{"wrangler.toml": tt.toml}, Options{})
			var e *Error
			if !errors.As(err, &e) || e.Line != tt.line || !strings.Contains(e.Message, tt.want) || filepath.Base(e.File) != "wrangler.toml" {
				t.Errorf("error is %v, want line %d with %q", err, tt.line, tt.want)
			}
		})
	}
}

func TestErrorsOfVariables(t *testing.T) {
	for name, tt := range map[string]struct {
		devVars string
		option  string
		want    string
	}{
		"no equals sign":      {option: "secret-text", want: "not of the form NAME=VALUE"},
		"no name":             {option: "=x", want: "not of the form NAME=VALUE"},
		"binding":             {option: "EDGE=x", want: "EDGE is the name of a KV namespace already"},
		"class":               {option: "SEQUENCER=x", want: "SEQUENCER is the name of a Durable Object class already"},
		"binding in the file": {devVars: "\nEDGE=x", want: ".dev.vars:2: EDGE is the name of a KV namespace already"},
		"broken file":         {devVars: "A=1\nwhat", want: ".dev.vars:2: this line is not NAME=value"},
	} {
		t.Run(name, func(t *testing.T) {
			o := Options{}
			if tt.option != "" {
				o.Vars = []string{tt.option}
			}
			_, err := load(t, map[string]string{"wrangler.toml": complete, ".dev.vars": tt.devVars}, o)
			var e *Error
			if !errors.As(err, &e) || !strings.Contains(err.Error(), tt.want) || e.Advice() == "" && tt.option != "" {
				t.Fatalf("error is %v, want %q", err, tt.want)
			}
			if strings.Contains(err.Error(), "secret-text") {
				t.Error("the error repeats a text that may be a secret")
			}
		})
	}
}

func TestLoadWithoutFile(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "wrangler.toml"), Options{})
	var e *Error
	if !errors.As(err, &e) || e.Advice() == "" {
		t.Errorf("error is %v, want one with a hint", err)
	}
}
