package config

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// Value is the value of a variable in a file, and where it stands.
type Value struct {
	Text string
	Line int
}

// ReadDevVars reads the .dev.vars file at path: lines NAME=value (or NAME:
// value), blank lines and comments, an optional "export" before the name. A
// value in single, double or back quotes may hold # and span lines; \n and \r
// stand for line ends inside double quotes only. Other values end at # or the
// end of the line. The last value of a name counts.
//
// It differs from dotenv in one thing: what dotenv passes over in silence (a
// line that is no assignment) or takes literally by accident (a quote that is
// not closed) is an error of type *Error with its line.
func ReadDevVars(path string) (map[string]Value, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parseDevVars(path, string(content))
}

var (
	blank      = regexp.MustCompile(`^(?:[ \t\n]|#[^\n]*)+`)
	assignment = regexp.MustCompile(`^(?:export[ \t]+)?([\w.-]+)(?:[ \t]*=|:[ \t])[ \t]*`)
	unquoted   = regexp.MustCompile(`^[^#\n]*`)
	lineEnd    = regexp.MustCompile(`^[ \t]*(?:#[^\n]*)?(?:\n|$)`)
	// quoted finds a quoted value with nothing but a comment behind it.
	quoted = map[byte]*regexp.Regexp{
		'\'': regexp.MustCompile(`^'((?:\\'|[^'])*)'[ \t]*(?:#[^\n]*)?(?:\n|$)`),
		'"':  regexp.MustCompile(`^"((?:\\"|[^"])*)"[ \t]*(?:#[^\n]*)?(?:\n|$)`),
		'`':  regexp.MustCompile("^`((?:\\\\`|[^`])*)`[ \\t]*(?:#[^\\n]*)?(?:\\n|$)"),
	}
	lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")
	escapes  = strings.NewReplacer(`\n`, "\n", `\r`, "\r")
)

func parseDevVars(path, content string) (map[string]Value, error) {
	vars := map[string]Value{}
	rest := lineEnds.Replace(strings.TrimPrefix(content, "\ufeff"))
	line := 1
	take := func(n int) { line, rest = line+strings.Count(rest[:n], "\n"), rest[n:] }
	for {
		take(len(blank.FindString(rest)))
		if rest == "" {
			return vars, nil
		}
		m := assignment.FindStringSubmatch(rest)
		if m == nil {
			return nil, &Error{File: path, Line: line, Message: "this line is not NAME=value", Hint: "begin comments with #, put values of several lines in quotes"}
		}
		at := line
		take(len(m[0]))
		text, n, ok := devValue(rest)
		if !ok {
			return nil, &Error{File: path, Line: at, Message: fmt.Sprintf("the quotes around the value of %s do not match", m[1]), Hint: "a value with a quote inside can stand in quotes of another kind"}
		}
		take(n)
		vars[m[1]] = Value{Text: text, Line: at}
	}
}

// devValue reads the value at the beginning of rest and returns how much of rest
// it took, with the end of the line.
func devValue(rest string) (text string, n int, ok bool) {
	if rest == "" {
		return "", 0, true
	}
	quote := rest[0]
	if form := quoted[quote]; form != nil {
		if m := form.FindStringSubmatch(rest); m != nil {
			return unescape(quote, m[1]), len(m[0]), true
		}
	}
	raw := unquoted.FindString(rest)
	n = len(raw) + len(lineEnd.FindString(rest[len(raw):]))
	text = strings.TrimSpace(raw)
	if text == "" || quoted[quote] == nil {
		return text, n, true
	}
	// A quoted value with further quotes of its own kind inside.
	if len(text) > 1 && text[len(text)-1] == quote {
		return unescape(quote, text[1:len(text)-1]), n, true
	}
	return "", 0, false
}

func unescape(quote byte, text string) string {
	if quote == '"' {
		return escapes.Replace(text)
	}
	return text
}
