package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"
)

// document is a decoded TOML file. It keeps the first mistake that reading its
// nodes finds, so that a reader can ask for everything and look once.
type document struct {
	path  string
	lines map[string]int
	err   *Error
}

// node is one table of a document.
type node struct {
	doc  *document
	path string // "" for the whole document
	m    map[string]any
}

// decode reads the TOML text of the file at path.
func decode(path, text string) (node, error) {
	m := map[string]any{}
	if _, err := toml.Decode(text, &m); err != nil {
		var syntax toml.ParseError
		if errors.As(err, &syntax) {
			line := syntax.Position.Line
			if strings.Contains(syntax.Message, `got '\n'`) {
				line-- // the decoder is past the end of the line it complains about
			}
			return node{}, &Error{File: path, Line: line, Message: strings.TrimSuffix(syntax.Message, "."), Hint: "the file is not valid TOML"}
		}
		return node{}, &Error{File: path, Message: err.Error()}
	}
	return node{doc: &document{path: path, lines: positions(text)}, m: m}, nil
}

// line returns the line of path, or of the innermost thing around it that has one.
func (d *document) line(path string) int {
	for path != "" {
		if line, ok := d.lines[path]; ok {
			return line
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return 0
}

// fail notes a mistake at key of n; key "" stands for n itself.
func (n node) fail(key, hint, format string, args ...any) {
	if n.doc.err == nil {
		path := n.path
		if key != "" {
			path = join(path, key)
		}
		n.doc.err = &Error{File: n.doc.path, Line: n.doc.line(path), Message: path + " " + fmt.Sprintf(format, args...), Hint: hint}
	}
}

// str returns the string at key, "" when there is none.
func (n node) str(key string) string {
	switch v := n.m[key].(type) {
	case nil:
	case string:
		return v
	default:
		n.fail(key, "", "is %s, not a string", kind(v))
	}
	return ""
}

// name returns the string at key, which must be there.
func (n node) name(key string) string {
	v := n.str(key)
	if v == "" {
		n.fail(key, "", "is missing")
	}
	return v
}

// strs returns the list of strings at key.
func (n node) strs(key string) (texts []string) {
	switch v := n.m[key].(type) {
	case nil:
	case []any:
		for i, e := range v {
			text, ok := e.(string)
			if !ok {
				n.fail(fmt.Sprintf("%s[%d]", key, i), "", "is %s, not a string", kind(e))
			}
			texts = append(texts, text)
		}
	default:
		n.fail(key, "", "is %s, not a list of strings", kind(v))
	}
	return texts
}

// table returns the table at key, an empty one when there is none.
func (n node) table(key string) node {
	sub := node{doc: n.doc, path: join(n.path, key)}
	switch v := n.m[key].(type) {
	case nil:
	case map[string]any:
		sub.m = v
	default:
		n.fail(key, "", "is %s, not a table", kind(v))
	}
	return sub
}

// tables returns the list of tables at key.
func (n node) tables(key string) (nodes []node) {
	add := func(m map[string]any) {
		nodes = append(nodes, node{doc: n.doc, path: fmt.Sprintf("%s[%d]", join(n.path, key), len(nodes)), m: m})
	}
	switch v := n.m[key].(type) {
	case nil:
	case []map[string]any:
		for _, m := range v {
			add(m)
		}
	case []any:
		for i, e := range v {
			m, ok := e.(map[string]any)
			if !ok {
				n.fail(fmt.Sprintf("%s[%d]", key, i), "", "is %s, not a table", kind(e))
			}
			add(m)
		}
	default:
		n.fail(key, "write [["+join(n.path, key)+"]]", "is %s, not a list of tables", kind(v))
	}
	return nodes
}

// kind names the type of a value in the words of TOML.
func kind(v any) string {
	switch v.(type) {
	case string:
		return "a string"
	case int64, float64:
		return "a number"
	case bool:
		return "a boolean"
	case []any, []map[string]any:
		return "a list"
	case map[string]any:
		return "a table"
	}
	return "a date"
}
