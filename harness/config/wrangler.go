package config

import (
	"fmt"
	"io/fs"
	"maps"
	slashpath "path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"tracedge/harness/server/cron"
)

// bindingForm is what a name in env may look like.
var bindingForm = regexp.MustCompile(`^[A-Za-z_$][\w$]*$`)

// parse reads the text of the wrangler.toml at path.
func parse(path, text string) (*Config, error) {
	root, err := decode(path, text)
	if err != nil {
		return nil, err
	}
	c := &Config{Path: path, Dir: filepath.Dir(path), Vars: map[string]any{}, Unsupported: map[string]string{}}
	c.Name = root.str("name")
	if c.Main = root.name("main"); c.Main != "" {
		if c.Main = slashpath.Clean(c.Main); !fs.ValidPath(c.Main) {
			root.fail("main", "", "leads out of the folder of the file")
		}
	}
	c.CompatibilityDate = root.str("compatibility_date")
	if _, err := time.Parse(time.DateOnly, c.CompatibilityDate); err != nil && c.CompatibilityDate != "" {
		root.fail("compatibility_date", `write it as "2026-01-31"`, "is not a date")
	}
	c.CompatibilityFlags = root.strs("compatibility_flags")
	c.readVars(root.table("vars"))
	c.Secrets = root.table("secrets").strs("required")
	c.readBindings(root)
	c.readCrons(root.table("triggers"))
	c.readRules(root)
	c.checkNames(root)
	c.warn(root)
	if root.doc.err != nil {
		return nil, root.doc.err
	}
	return c, nil
}

func (c *Config) readVars(vars node) {
	for _, name := range slices.Sorted(maps.Keys(vars.m)) {
		if !holdsJSON(vars.m[name]) {
			vars.fail(name, "put it in quotes", "is or has a date, which no variable can be")
		}
		c.Vars[name] = vars.m[name]
	}
}

// holdsJSON reports whether a decoded TOML value has a form in JSON.
func holdsJSON(v any) bool {
	switch v := v.(type) {
	case string, bool, int64, float64:
		return true
	case []any:
		return !slices.ContainsFunc(v, func(e any) bool { return !holdsJSON(e) })
	case []map[string]any:
		return !slices.ContainsFunc(v, func(e map[string]any) bool { return !holdsJSON(e) })
	case map[string]any:
		for _, e := range v {
			if !holdsJSON(e) {
				return false
			}
		}
		return true
	}
	return false
}

func (c *Config) readBindings(root node) {
	for _, n := range root.tables("kv_namespaces") {
		kv := KVNamespace{Binding: n.name("binding"), ID: n.str("id")}
		if kv.ID == "" {
			kv.ID = kv.Binding
		}
		c.KVNamespaces = append(c.KVNamespaces, kv)
	}
	classes := readMigrations(root)
	for _, n := range root.table("durable_objects").tables("bindings") {
		o := DurableObject{Binding: n.name("name"), Class: n.name("class_name")}
		if script := n.str("script_name"); script != "" && script != c.Name {
			n.fail("script_name", "", "is %q: objects of another worker are not emulated", script)
		}
		sqlite, migrated := classes[o.Class]
		if !migrated {
			n.fail("class_name", fmt.Sprintf("add a [[migrations]] entry with new_sqlite_classes = [%q]", o.Class), "is %q, which no migration creates", o.Class)
		}
		o.SQLite = sqlite
		c.DurableObjects = append(c.DurableObjects, o)
	}
}

// readMigrations plays the migrations in order and returns the classes there are
// after the last, with whether their storage is SQLite.
func readMigrations(root node) map[string]bool {
	classes := map[string]bool{}
	tags := map[string]bool{}
	for _, n := range root.tables("migrations") {
		if tag := n.name("tag"); tags[tag] {
			n.fail("tag", "", "%q is used twice", tag)
		} else {
			tags[tag] = true
		}
		for _, class := range n.strs("new_classes") {
			classes[class] = false
		}
		for _, class := range n.strs("new_sqlite_classes") {
			classes[class] = true
		}
		for _, r := range n.tables("renamed_classes") {
			from := r.name("from")
			classes[r.name("to")] = classes[from]
			delete(classes, from)
		}
		for _, class := range n.strs("deleted_classes") {
			delete(classes, class)
		}
	}
	return classes
}

func (c *Config) readCrons(triggers node) {
	c.Crons = triggers.strs("crons")
	for i, expression := range c.Crons {
		if _, err := cron.Parse(expression); err != nil {
			triggers.fail(fmt.Sprintf("crons[%d]", i), "", "is wrong: %v", err)
		}
	}
}

func (c *Config) readRules(root node) {
	types := []string{"ESModule", "CommonJS", "CompiledWasm", "Text", "Data"}
	for _, n := range root.tables("rules") {
		r := Rule{Type: n.name("type"), Globs: n.strs("globs")}
		if r.Type != "" && !slices.Contains(types, r.Type) {
			n.fail("type", "one of "+strings.Join(types, ", "), "is %q, which is no type of module", r.Type)
		}
		if len(r.Globs) == 0 {
			n.fail("globs", "", "is missing")
		}
		c.Rules = append(c.Rules, r)
	}
}

// checkNames refuses names that env cannot have and names that are bound twice.
func (c *Config) checkNames(root node) {
	bound := map[string]string{} // path by name
	check := func(path, name string) {
		if name == "" {
			return // reported already
		}
		if !bindingForm.MatchString(name) {
			root.fail(path, "use letters, digits, _ and $", "is %q, which is no name for a binding", name)
		}
		if other, ok := bound[name]; ok {
			root.fail(path, "", "binds %s, and so does %s", name, other)
		}
		bound[name] = path
	}
	for _, name := range slices.Sorted(maps.Keys(c.Vars)) {
		check("vars."+name, name)
	}
	for i, name := range c.Secrets {
		check(fmt.Sprintf("secrets.required[%d]", i), name)
	}
	for i, n := range c.KVNamespaces {
		check(fmt.Sprintf("kv_namespaces[%d].binding", i), n.Binding)
	}
	for i, o := range c.DurableObjects {
		check(fmt.Sprintf("durable_objects.bindings[%d].name", i), o.Binding)
	}
}
