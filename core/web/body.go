package web

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"unicode/utf8"

	"tracedge/core/fault"
	"tracedge/core/status"
)

// maxNesting is how deep arrays and objects of a body may stand in one another.
const maxNesting = 128

// Body decodes the request's body, step 10. A handler calls it after it has checked what the path names.
//
// Fields of structs carry a json tag with their name. A field is required unless it is a pointer or tagged opt:"true";
// for an optional one, null means absent. Fields are strings, booleans, integers, floats, enums (see Enum), types with
// UnmarshalJSON or UnmarshalText, structs, slices, maps with string keys, and for free-form JSON json.RawMessage,
// map[string]any or any, with numbers as json.Number.
//
// Errors: 415 for another content type, 400 for what is not one JSON value in UTF-8 of at most 128 levels, 422 with the
// field (as in identifiers[2].value) for a value that does not fit, is missing, or is given twice.
func Body[T any](c *Call) (*T, error) {
	out := new(T)
	if err := c.decode(out); err != nil {
		return nil, err
	}
	return out, nil
}

// OptionalBody is Body for routes whose body may be left out: without one it is the zero value, and no content type is
// needed.
func OptionalBody[T any](c *Call) (*T, error) {
	if len(c.body) == 0 {
		return new(T), nil
	}
	return Body[T](c)
}

func (c *Call) decode(into any) error {
	if !isJSON(c.request.Header.Get("Content-Type")) {
		return fault.New(fault.Validation, status.UnsupportedMediaType, "The content type must be application/json")
	}
	return decode(c.body, reflect.ValueOf(into).Elem())
}

// isJSON tells whether a content type is application/json or application/*+json, with any parameters.
func isJSON(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	sub, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(kind)), "application/")
	return ok && isToken(sub) && (sub == "json" || strings.HasSuffix(sub, "+json") && sub != "+json")
}

// decode reads one JSON value into a settable value.
func decode(body []byte, into reflect.Value) error {
	if err := checkSyntax(body); err != nil {
		return err
	}
	b := binder{data: body}
	return b.bind(into, nil)
}

// checkSyntax refuses what is not exactly one JSON value in UTF-8.
func checkSyntax(body []byte) error {
	switch {
	case len(bytes.TrimLeft(body, " \t\r\n")) == 0:
		return fault.BadRequest("", "The body is empty")
	case bytes.HasPrefix(body, []byte("\ufeff")):
		return fault.BadRequest("", "The body begins with a byte order mark")
	case !utf8.Valid(body):
		return fault.BadRequest("", "The body is not UTF-8")
	case nesting(body) > maxNesting:
		return fault.BadRequest("", "The body is nested too deeply")
	case !json.Valid(body):
		return fault.BadRequest("", "The body is not one JSON value")
	}
	return nil
}

// nesting is the greatest depth of arrays and objects.
func nesting(body []byte) int {
	depth, deepest := 0, 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '"':
			i = stringEnd(body, i) - 1
		case '[', '{':
			depth++
			deepest = max(deepest, depth)
		case ']', '}':
			depth--
		}
	}
	return deepest
}
