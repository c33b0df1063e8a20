package openapi

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"tracedge/core/web"
)

// keyed tells whether a route heeds an Idempotency-Key.
func keyed(r *web.Route) bool { return r.Method == "POST" && r.Class != web.Public }

// always are the headers of every response.
func always() object {
	return object{
		{"X-Trace-Id", ref("headers", "TraceId")}, {"traceparent", ref("headers", "Traceparent")},
		{"Server-Timing", ref("headers", "ServerTiming")},
	}
}

// inJSON is a body with a schema and perhaps an example.
func inJSON(schema, example any) object {
	media := object{{"schema", schema}}
	if example != nil {
		media = append(media, member{"example", example})
	}
	return object{{"application/json", media}}
}

// security are the credentials of a class, any one of which does.
func security(c web.Class) raw {
	switch c {
	case web.Public:
		return `[]`
	case web.Optional:
		return `[{},{"bearer":[]},{"apiKey":[]}]`
	case web.JWT:
		return `[{"bearer":[]}]`
	}
	return `[{"bearer":[]},{"apiKey":[]}]`
}

// responses are the success of a route and its failures.
func (b *builder) responses(r *web.Route) object {
	headers := always()
	if keyed(r) {
		headers = append(headers, member{"Idempotency-Replayed", ref("headers", "IdempotencyReplayed")})
	}
	for _, k := range web.QueryKeys(r.Query) {
		if k.Paging && k.Name == "cursor" {
			headers = append(headers, member{"Link", ref("headers", "Link")})
		}
	}
	out := object{{"description", "Done"}, {"headers", headers}}
	code := "200"
	switch v := r.Response.(type) {
	case nil:
		code = "204"
	case web.Content:
		media, _, _ := strings.Cut(v.Type, ";")
		out = append(out, member{"content", object{{media, object{{"schema", typed("string")}}}}})
	case web.OneOf:
		out = append(out, member{"content", inJSON(b.value(v), nil)})
	default:
		out = append(out, member{"content", inJSON(b.value(v), b.example(v))})
	}
	failures := b.failures(r)
	if r.Response == nil && failures.get("501") != nil { // it never succeeds
		return failures
	}
	return append(object{{code, out}}, failures...)
}

// asks adds to an operation what a request holds.
func (b *builder) asks(op object, r *web.Route) object {
	var params list
	for p := range strings.SplitSeq(r.Pattern, "/") {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			s := typed("string")
			if slices.Contains(r.UUIDs, name) {
				s = formatted("uuid")
			}
			params = append(params, object{{"name", name}, {"in", "path"}, {"required", true}, {"schema", s}})
		}
	}
	for _, k := range web.QueryKeys(r.Query) {
		params = append(params, b.query(&k))
	}
	if keyed(r) {
		params = append(params, ref("parameters", "IdempotencyKey"))
	}
	op = append(op, member{"parameters", append(params, ref("parameters", "Traceparent"))})
	if r.Request != nil {
		op = append(op, member{"requestBody", object{
			{"required", !r.OptionalBody}, {"content", inJSON(b.value(r.Request), b.example(r.Request))},
		}})
	}
	return op
}

// query is the parameter of a query key.
func (b *builder) query(k *web.QueryKey) object {
	var s object
	doc := k.Field.Tag.Get("doc")
	switch {
	case !k.Paging:
		t := k.Field.Type
		if t.Kind() == reflect.Pointer {
			t = t.Elem() // a key that is sent is never null
		}
		s = b.schema(t)
	case k.Name == "cursor":
		s, doc = typed("string"), "Of the previous page: its next_cursor, or that of its Link"
	case k.Name == "limit":
		s, doc = typed("integer").set("minimum", int64(0)), "Entries of a page; above 200 is 200"
	default:
		s, doc = typed("integer").set("minimum", int64(0)), "Entries to skip; not together with cursor"
	}
	if k.Has {
		var value any = k.Default
		if kind := s.get("type"); kind == "integer" || kind == "boolean" {
			value = json.RawMessage(k.Default)
		}
		s = s.set("default", value)
	}
	if k.Lenient {
		doc = strings.TrimPrefix(doc+"; a bad value counts as absent", "; ")
	}
	p := object{{"name", k.Name}, {"in", "query"}, {"schema", s}}
	if k.Required {
		p = append(p, member{"required", true})
	}
	if doc != "" {
		p = append(p, member{"description", doc})
	}
	return p
}
