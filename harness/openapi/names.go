package openapi

import (
	"reflect"
	"strings"

	"tracedge/core/web"
)

// path is a pattern in the form of the document: /api/items/{dfid}.
func path(pattern string) string {
	parts := strings.Split(pattern, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

// operationID names an operation by its method and path: PATCH /api/api-keys/:key_id is patchApiKeysByKeyId.
func operationID(r *web.Route) string {
	var b strings.Builder
	b.WriteString(strings.ToLower(r.Method))
	for p := range strings.SplitSeq(strings.TrimPrefix(strings.TrimPrefix(r.Pattern, "/api"), "/"), "/") {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			b.WriteString("By")
			p = name
		}
		for word := range strings.FieldsFuncSeq(p, func(c rune) bool { return strings.ContainsRune("-_.~", c) }) {
			b.WriteString(upper(word))
		}
	}
	if r.Pattern == "/" {
		b.WriteString("Root")
	}
	return b.String()
}

// tagOf is the resource that a pattern belongs to: its first segment below /api.
func tagOf(pattern string) string {
	tag, rest, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(pattern, "/api"), "/"), "/")
	switch tag {
	case "", "health", "version", "docs", "openapi.json":
		return "service"
	case "admin":
		sub, _, _ := strings.Cut(rest, "/")
		return "admin " + sub
	}
	return tag
}

// componentName is the name of a type with its package: auth.tokenReply is AuthTokenReply.
func componentName(t reflect.Type) string {
	name := t.PkgPath()
	name = upper(name[strings.LastIndexByte(name, '/')+1:]) + upper(t.Name())
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, name)
}

func upper(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
