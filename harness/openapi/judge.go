package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Judge holds exchanges against a document. It may be used concurrently; each schema is compiled once.
type Judge struct {
	paths   map[string]map[string]operation
	schemas *jsonschema.Compiler

	mu       sync.Mutex
	compiled map[string]*jsonschema.Schema
}

// operation is what the judge itself needs of one.
type operation struct {
	ID      string               `json:"operationId"`
	Body    *described           `json:"requestBody"`
	Replies map[string]described `json:"responses"`
}

type described struct {
	Ref      string                     `json:"$ref"`
	Required bool                       `json:"required"`
	Content  map[string]json.RawMessage `json:"content"`
}

const location = "https://tracedge.test/openapi.json"

// NewJudge reads a document.
func NewJudge(document []byte) (*Judge, error) {
	var parsed struct {
		Paths map[string]map[string]operation `json:"paths"`
	}
	if err := json.Unmarshal(document, &parsed); err != nil {
		return nil, err
	}
	whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return nil, err
	}
	j := &Judge{paths: parsed.Paths, schemas: jsonschema.NewCompiler(), compiled: make(map[string]*jsonschema.Schema)}
	j.schemas.DefaultDraft(jsonschema.Draft2020)
	j.schemas.AssertFormat()
	return j, j.schemas.AddResource(location, whole)
}

// Has reports whether the document describes a method of a path, which is written as in the document.
func (j *Judge) Has(method, path string) bool {
	_, ok := j.paths[path][strings.ToLower(method)]
	return ok
}

// Compile compiles every schema of the document and returns the first error.
func (j *Judge) Compile() error {
	for path, methods := range j.paths {
		for method, op := range methods {
			at := []string{"paths", path, method}
			if op.Body != nil {
				for media := range op.Body.Content {
					if _, err := j.schema(append(slices.Clip(at), "requestBody", "content", media, "schema")); err != nil {
						return err
					}
				}
			}
			for status, r := range op.Replies {
				if _, err := j.replySchema(append(slices.Clip(at), "responses", status), r, "application/json"); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Response says what is wrong with a reply to a request for a target, "" for nothing. The reply to a HEAD is that to the
// GET without its body.
func (j *Judge) Response(method, target string, status int, contentType string, body []byte) string {
	if method == "OPTIONS" {
		return "" // not described one by one
	}
	head := method == "HEAD"
	if head {
		method = "GET"
	}
	path := j.find(target)
	op, known := j.paths[path][strings.ToLower(method)]
	var at []string
	var reply described
	switch {
	case known:
		code := strconv.Itoa(status)
		at = []string{"paths", path, strings.ToLower(method), "responses", code}
		if reply, known = op.Replies[code]; !known {
			return fmt.Sprintf("the document does not declare status %d of %s %s (Route.Failures)", status, method, path)
		}
	case path == "" && status == 404:
		reply.Ref = "#/components/responses/NotFound"
	case path != "" && status == 405:
		reply.Ref = "#/components/responses/MethodNotAllowed"
	case status >= 500: // a gate in front of the routes
		reply.Ref = "#/components/responses/ServiceUnavailable"
	default:
		return fmt.Sprintf("the document does not know %s %s, which answers %d", method, target, status)
	}
	media, _, _ := mime.ParseMediaType(contentType)
	schema, err := j.replySchema(at, reply, media)
	switch {
	case err != nil:
		return err.Error()
	case head:
		return ""
	case len(body) == 0 && (reply.Ref != "" || len(reply.Content) > 0):
		return "the document promises a body"
	case len(body) > 0 && schema == nil:
		return fmt.Sprintf("the document knows no body of type %q here", media)
	}
	return validate(schema, media, body)
}

// Request says what is wrong with the body of a request that was accepted, "" for nothing.
func (j *Judge) Request(method, target string, body []byte) string {
	path := j.find(target)
	op := j.paths[path][strings.ToLower(method)]
	if op.Body == nil || len(body) == 0 && !op.Body.Required {
		return ""
	}
	const media = "application/json"
	schema, err := j.schema([]string{"paths", path, strings.ToLower(method), "requestBody", "content", media, "schema"})
	if err != nil {
		return err.Error()
	}
	return validate(schema, media, body)
}

// find is the path of the document that a target belongs to, "" for none. Literals win over parameters.
func (j *Judge) find(target string) string {
	raw, _, _ := strings.Cut(target, "?")
	parts := strings.Split(raw, "/")
	best, literals := "", -1
	for path := range j.paths {
		if n := fit(strings.Split(path, "/"), parts); n > literals {
			best, literals = path, n
		}
	}
	return best
}

// fit is how well a path fits the segments of a target: it counts literals, the first ones most; -1 is not at all.
func fit(path, parts []string) int {
	if len(path) != len(parts) {
		return -1
	}
	n := 0
	for i, p := range path {
		n *= 2
		text, err := url.PathUnescape(parts[i])
		switch {
		case err == nil && text == p:
			n++
		case !strings.HasPrefix(p, "{") || parts[i] == "":
			return -1
		}
	}
	return n
}

// replySchema is the schema of a reply in a media type, nil when it has no body of that type.
func (j *Judge) replySchema(at []string, r described, media string) (*jsonschema.Schema, error) {
	if name, ok := strings.CutPrefix(r.Ref, "#/components/responses/"); ok {
		return j.schema([]string{"components", "responses", name, "content", media, "schema"})
	}
	if r.Content[media] == nil {
		return nil, nil
	}
	return j.schema(append(slices.Clip(at), "content", media, "schema"))
}

// schema is the schema at a place of the document.
func (j *Judge) schema(at []string) (*jsonschema.Schema, error) {
	pointer := location + "#"
	for _, name := range at {
		pointer += "/" + url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if s := j.compiled[pointer]; s != nil {
		return s, nil
	}
	s, err := j.schemas.Compile(pointer)
	j.compiled[pointer] = s
	return s, err
}

func validate(schema *jsonschema.Schema, media string, body []byte) string {
	if schema == nil || media != "application/json" {
		return ""
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err == nil {
		err = schema.Validate(value)
	}
	if err != nil {
		return "it does not fit the document: " + strings.ReplaceAll(err.Error(), "\n", " ")
	}
	return ""
}
