package breakdown

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Document is everything that a format shows. schema.json describes its JSON form.
type Document struct {
	Report   Report    `json:"report"`
	Baseline *Report   `json:"baseline,omitempty"`   // that Changes compares with
	Changes  []Change  `json:"changes,omitempty"`    // what got worse first
	Verdicts []Verdict `json:"objectives,omitempty"` // in the order in which they were asked for
	Command  string    `json:"command,omitempty"`    // that made it
	Input    string    `json:"input,omitempty"`      // file that it was made from, "" for standard input
}

// schemaVersion is raised when a member of the JSON form goes or changes its meaning. New members do not raise it.
const schemaVersion = 1

// Formats are the names that Write takes.
var Formats = []string{"text", "markdown", "html", "json"}

// Write writes the document in a format.
func (d Document) Write(w io.Writer, format string) error {
	switch format {
	case "text":
		return d.text(w)
	case "markdown":
		return d.markdown(w)
	case "html":
		return d.html(w)
	case "json":
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(struct {
			Schema int `json:"schema"`
			Document
		}{schemaVersion, d})
	default:
		return fmt.Errorf("%q is not a format: use %s", format, strings.Join(Formats, ", "))
	}
}
