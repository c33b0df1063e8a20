package openapi

import (
	"crypto/sha256"
	_ "embed" // for the two files
	"encoding/base64"
	"strings"

	"tracedge/core/web"
)

//go:embed page.css
var style string

//go:embed page.js
var script string

// who says who may call a route of a class.
var who = [...]string{
	web.Public: "anybody", web.Optional: "anybody, with or without a credential", web.User: "token or API key",
	web.JWT: "token only", web.Admin: "administrators, by token or API key",
}

// Page makes the page: a line with the policy that lets its own style and script in, then the routes in groups, each under an anchor. The script adds parameters, bodies and errors from
// the document, and a filter; without it the page is a list.
func Page(version string, routes []web.Route) []byte {
	var w strings.Builder
	put := func(parts ...string) {
		for i, p := range parts {
			if i%2 == 1 { // every second one is text
				p = escape(p)
			}
			w.WriteString(p)
		}
	}
	put(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">`+
		`<title>Tracedge API</title><style>`+style+`</style></head><body><a class="skip" href="#main">Skip to the routes</a>`+
		`<header><h1>Tracedge API <small>`, version, `</small></h1><label hidden>Filter <input type="search" id="filter" `+
		`autocomplete="off" spellcheck="false"></label><output id="found" for="filter"></output><a href="/openapi.json">openapi.json</a></header>`)
	tags := tagsOf(routes)
	put(`<nav aria-label="Routes">`)
	for _, tag := range tags {
		put("<h2>", tag, "</h2><ul>")
		each(routes, tag, func(r *web.Route) {
			id := operationID(r)
			put(`<li data-for="`+id+`"><a href="#`+id+`">`+method(r)+" ", r.Pattern, "</a></li>")
		})
		put("</ul>")
	}
	put(`</nav><main id="main"><p id="intro"></p><noscript><p>Parameters, bodies and errors are in <a href="/openapi.json">openapi.json</a>; ` +
		`with script they stand here too.</p></noscript>`)
	for _, tag := range tags {
		put(`<section class="group"><h2>`, tag, "</h2>")
		each(routes, tag, func(r *web.Route) {
			id := operationID(r)
			put(`<article id="`+id+`"><h3>`+method(r)+` <code>`, r.Pattern, `</code> <a href="#`+id+`" aria-label="Link to `, r.Doc,
				`">#</a></h3><p>`, r.Doc, ` <span class="who">`+who[r.Class]+"</span></p>")
			for _, alias := range r.Aliases {
				put("<p>Also at <code>", alias, "</code></p>")
			}
			put("</article>")
		})
		put("</section>")
	}
	put(`<section id="schemas" hidden><h2>Schemas</h2></section></main><script>` + script + "</script></body></html>")
	return []byte("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; connect-src 'self'; style-src " +
		hash(style) + "; script-src " + hash(script) + "\n" + w.String())
}

func method(r *web.Route) string { return `<b class="m ` + r.Method + `">` + r.Method + "</b>" }

// tagsOf are the groups of routes, in the order of their first one.
func tagsOf(routes []web.Route) (tags []string) {
	seen := map[string]bool{}
	for i := range routes {
		if tag := tagOf(routes[i].Pattern); !seen[tag] {
			tags, seen[tag] = append(tags, tag), true
		}
	}
	return tags
}

func each(routes []web.Route, tag string, do func(*web.Route)) {
	for i := range routes {
		if tagOf(routes[i].Pattern) == tag {
			do(&routes[i])
		}
	}
}

// escape makes text safe in HTML and in quoted attributes.
func escape(s string) string {
	for _, c := range [...][2]string{{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {`"`, "&#34;"}} {
		s = strings.ReplaceAll(s, c[0], c[1])
	}
	return s
}

// hash names an inline text in a policy.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
