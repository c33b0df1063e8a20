// Package apidocs serves what the API says of itself: /openapi.json for programs and /docs for people. Both are made of
// the route table by harness/openapi and are part of the module. Neither asks storage or any other host.
package apidocs

import (
	_ "embed" // for the documents
	"encoding/json"
	"strings"

	"tracedge/core/message"
	"tracedge/core/web"
)

// The documents. The first line of the page is its Content-Security-Policy.
//
//go:embed openapi.json
var document string

//go:embed docs.html
var page string

// version stands in the documents for that of the build.
const version = "{version}"

// Service holds the routes of the documents.
type Service struct{ version string }

// New returns the service of a build.
func New(version string) *Service { return &Service{version} }

// Routes are the routes of the service.
func (s *Service) Routes() []web.Route {
	return []web.Route{
		{
			Method: "GET", Pattern: "/openapi.json", Class: web.Public, Always: true,
			Doc: "This API as an OpenAPI 3.1 document.", Response: map[string]any{}, Handler: s.serveDocument,
		},
		{
			Method: "GET", Pattern: "/docs", Class: web.Public, Always: true,
			Doc: "This API as a page to read.", Response: web.Content{Type: html}, Handler: s.servePage,
		},
	}
}

const html = "text/html; charset=utf-8"

func (s *Service) serveDocument(*web.Call) (any, error) {
	quoted, err := json.Marshal(s.version)
	return json.RawMessage(strings.Replace(document, `"`+version+`"`, string(quoted), 1)), err
}

// servePage lets the page run and load nothing but its own script, its own style and the document.
func (s *Service) servePage(*web.Call) (any, error) {
	policy, body, _ := strings.Cut(page, "\n")
	h := message.Header{}
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	return web.Reply{Header: h, Body: web.Content{Type: html, Bytes: []byte(strings.Replace(body, version, safe(s.version), 1))}}, nil
}

// safe is a version without what HTML could mistake for its own. It is the build's own text, so nothing is lost.
func safe(text string) string {
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune(`<>&"'`, c) {
			return -1
		}
		return c
	}, text)
}
