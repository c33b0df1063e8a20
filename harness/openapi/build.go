package openapi

import (
	"reflect"
	"strconv"
	"strings"

	"tracedge/core/web"
)

// builder gathers a document.
type builder struct {
	input   bool // schemas are those of requests
	schemas object
	named   map[direction]string // component of a type
}

// direction is a type as it is written or as it is read.
type direction struct {
	typ   reflect.Type
	input bool
}

// Document makes the document of routes, with a line for each operation and each schema, so that versions of it can be
// compared.
func Document(version string, routes []web.Route) []byte {
	b := &builder{named: map[direction]string{}}
	for i := range refusals {
		f := &refusals[i]
		b.schemas = append(b.schemas, member{f.name + "Error", f.body()})
	}
	responses := make([]object, len(routes))
	for i := range routes { // outputs first, so that they have the plain names
		responses[i] = b.responses(&routes[i])
	}
	b.input = true
	var paths, tags object
	for i := range routes {
		r := &routes[i]
		tag := tagOf(r.Pattern)
		tags = tags.set(tag, nil)
		op := object{
			{"tags", list{tag}}, {"summary", r.Doc}, {"x-class", r.Class.String()}, {"security", security(r.Class)}, {"responses", responses[i]},
		}
		op = b.asks(op, r)
		id := operationID(r)
		paths = mount(paths, r.Pattern, r.Method, append(object{{"operationId", id}}, op...))
		for n, alias := range r.Aliases {
			name := id + "Alias" + strconv.Itoa(n+1)
			paths = mount(paths, alias, r.Method, append(object{{"operationId", name}, {"x-alias-of", path(r.Pattern)}}, op...))
		}
	}
	return b.document(version, paths, tags)
}

// mount adds an operation under a path.
func mount(paths object, pattern, method string, op object) object {
	name := path(pattern)
	methods, _ := paths.get(name).(object)
	return paths.set(name, append(methods, member{strings.ToLower(method), op}))
}

func (b *builder) document(version string, paths, tags object) []byte {
	var responses object
	for i := range refusals {
		f := &refusals[i]
		responses = append(responses, member{f.name, f.response(f.doc, ref("schemas", f.name+"Error"))})
	}
	var named list
	for _, t := range tags {
		named = append(named, object{{"name", t.name}})
	}
	return appendLines(nil, object{
		{"openapi", "3.1.0"},
		{"info", object{{"title", "Tracedge"}, {"version", version}, {"description", preamble}}},
		{"servers", raw(`[{"url":"/"}]`)}, {"tags", named}, {"paths", paths},
		{"components", object{
			{"schemas", b.schemas}, {"responses", responses}, {"parameters", raw(parameters)}, {"headers", raw(headers)},
			{"securitySchemes", raw(credentials)},
		}},
	})
}

// component is a reference to the schema of a named type, which is made once for each direction. Where the two are the
// same there is one.
func (b *builder) component(t reflect.Type, schema func() object) object {
	key := direction{t, b.input}
	if name, ok := b.named[key]; ok {
		return ref("schemas", name)
	}
	output, both := b.named[direction{t, false}]
	name := componentName(t)
	if both {
		name += "Input"
	}
	for plain, n := name, 2; b.taken(name); n++ {
		name = plain + strconv.Itoa(n)
	}
	b.named[key] = name // a type may hold itself
	s := schema()
	if both && string(appendJSON(nil, s)) == string(appendJSON(nil, b.schemas.get(output))) {
		b.named[key] = output
		return ref("schemas", output)
	}
	b.schemas = append(b.schemas, member{name, s})
	return ref("schemas", name)
}

// taken tells whether a type has a name already.
func (b *builder) taken(name string) bool {
	for _, n := range b.named {
		if n == name {
			return true
		}
	}
	return b.schemas.get(name) != nil
}
