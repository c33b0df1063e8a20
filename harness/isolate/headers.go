package isolate

import (
	"net/http"

	"github.com/grafana/sobek"

	"tracedge/harness/isolate/whatwg"
)

// headersKey is the property under which a Headers object keeps its list.
var headersKey = sobek.NewSymbol("headers")

// installHeaders defines class Headers in Go: every request makes several.
func (i *isolate) installHeaders() {
	class := i.rt.ToValue(func(call sobek.ConstructorCall) *sobek.Object {
		defer i.guard()
		list := &whatwg.Headers{}
		i.fillHeaders(list, call.Argument(0))
		i.attachHeaders(call.This, list)
		return nil
	}).(*sobek.Object)
	i.rename(class, "Headers")
	i.defineGlobal("Headers", class)

	proto := class.Get("prototype").(*sobek.Object)
	i.headers = proto
	_ = proto.DefineDataPropertySymbol(sobek.SymToStringTag, i.rt.ToValue("Headers"), sobek.FLAG_FALSE, sobek.FLAG_TRUE, sobek.FLAG_FALSE)
	for name, f := range map[string]func(*whatwg.Headers, sobek.FunctionCall) sobek.Value{
		"append": i.headersAppend, "set": i.headersSet, "delete": i.headersDelete,
		"get": i.headersGet, "has": i.headersHas, "getSetCookie": i.headersGetSetCookie, "forEach": i.headersForEach,
		"getAll": i.headersGetAll,
	} {
		i.defineMethod(proto, name, func(call sobek.FunctionCall) sobek.Value { return f(i.headersOf(call.This), call) })
	}
	entries := i.headersIterator(func(p whatwg.Pair) sobek.Value {
		return i.list(i.rt.ToValue(p.Name), i.rt.ToValue(p.Value))
	})
	i.defineMethod(proto, "entries", entries)
	i.defineMethod(proto, "keys", i.headersIterator(func(p whatwg.Pair) sobek.Value { return i.rt.ToValue(p.Name) }))
	i.defineMethod(proto, "values", i.headersIterator(func(p whatwg.Pair) sobek.Value { return i.rt.ToValue(p.Value) }))
	_ = proto.DefineDataPropertySymbol(sobek.SymIterator, i.native(entries), sobek.FLAG_TRUE, sobek.FLAG_TRUE, sobek.FLAG_FALSE)
}

func (i *isolate) attachHeaders(obj *sobek.Object, list *whatwg.Headers) {
	_ = obj.DefineDataPropertySymbol(headersKey, i.rt.ToValue(list), sobek.FLAG_FALSE, sobek.FLAG_FALSE, sobek.FLAG_FALSE)
}

// newHeaders makes a Headers object over list.
func (i *isolate) newHeaders(list *whatwg.Headers) *sobek.Object {
	obj := i.rt.CreateObject(i.headers)
	i.attachHeaders(obj, list)
	return obj
}

func (i *isolate) headersOf(v sobek.Value) *whatwg.Headers {
	if list := i.maybeHeaders(v); list != nil {
		return list
	}
	panic(i.rt.NewTypeError("Illegal invocation"))
}

func (i *isolate) maybeHeaders(v sobek.Value) *whatwg.Headers {
	obj, ok := v.(*sobek.Object)
	if !ok {
		return nil
	}
	held := obj.GetSymbol(headersKey)
	if held == nil {
		return nil
	}
	list, _ := held.Export().(*whatwg.Headers)
	return list
}

// fillHeaders adds what a constructor was given: Headers, pairs, or an object.
func (i *isolate) fillHeaders(list *whatwg.Headers, init sobek.Value) {
	if isNothing(init) {
		return
	}
	if from := i.maybeHeaders(init); from != nil {
		*list = *from.Clone()
		return
	}
	obj, ok := init.(*sobek.Object)
	if !ok {
		panic(i.rt.NewTypeError("Headers needs an object, an array of pairs, or Headers"))
	}
	if !isNothing(obj.GetSymbol(sobek.SymIterator)) {
		i.rt.ForOf(obj, func(pair sobek.Value) bool {
			if i.get(pair, "length").ToInteger() != 2 {
				panic(i.rt.NewTypeError("Headers: each pair must be a name and a value"))
			}
			list.Append(i.headerName(i.get(pair, "0")), i.headerValue(i.get(pair, "1")))
			return true
		})
		return
	}
	for _, name := range obj.Keys() {
		list.Append(i.headerName(i.rt.ToValue(name)), i.headerValue(obj.Get(name)))
	}
}

func (i *isolate) headerName(v sobek.Value) string {
	name, err := whatwg.HeaderName(v.String())
	if err != nil {
		panic(i.rt.NewTypeError(err.Error()))
	}
	return name
}

func (i *isolate) headerValue(v sobek.Value) string {
	value, err := whatwg.HeaderValue(v.String())
	if err != nil {
		panic(i.rt.NewTypeError(err.Error()))
	}
	return value
}

func (i *isolate) mutable(h *whatwg.Headers) {
	if h.Immutable {
		panic(i.rt.NewTypeError("Can't modify immutable headers."))
	}
}

func (i *isolate) headersAppend(h *whatwg.Headers, call sobek.FunctionCall) sobek.Value {
	i.mutable(h)
	h.Append(i.headerName(call.Argument(0)), i.headerValue(call.Argument(1)))
	return sobek.Undefined()
}

func (i *isolate) headersSet(h *whatwg.Headers, call sobek.FunctionCall) sobek.Value {
	i.mutable(h)
	h.Set(i.headerName(call.Argument(0)), i.headerValue(call.Argument(1)))
	return sobek.Undefined()
}

func (i *isolate) headersDelete(h *whatwg.Headers, call sobek.FunctionCall) sobek.Value {
	i.mutable(h)
	h.Delete(i.headerName(call.Argument(0)))
	return sobek.Undefined()
}

func (i *isolate) headersGet(h *whatwg.Headers, call sobek.FunctionCall) sobek.Value {
	value, ok := h.Get(i.headerName(call.Argument(0)))
	if !ok {
		return sobek.Null()
	}
	return i.rt.ToValue(value)
}

func (i *isolate) headersHas(h *whatwg.Headers, call sobek.FunctionCall) sobek.Value {
	return i.rt.ToValue(h.Has(i.headerName(call.Argument(0))))
}

func (i *isolate) headersGetSetCookie(h *whatwg.Headers, _ sobek.FunctionCall) sobek.Value {
	return i.strings(h.Values(whatwg.SetCookie))
}

// headersGetAll is an extension of the edge, for Set-Cookie only.
func (i *isolate) headersGetAll(h *whatwg.Headers, call sobek.FunctionCall) sobek.Value {
	if i.headerName(call.Argument(0)) != whatwg.SetCookie {
		panic(i.rt.NewTypeError(`getAll() can only be used with the header name "Set-Cookie".`))
	}
	return i.strings(h.Values(whatwg.SetCookie))
}

func (i *isolate) headersForEach(h *whatwg.Headers, call sobek.FunctionCall) sobek.Value {
	for _, p := range h.Sorted() {
		i.invoke(call.Argument(0), call.Argument(1), i.rt.ToValue(p.Value), i.rt.ToValue(p.Name), call.This)
	}
	return sobek.Undefined()
}

func (i *isolate) headersIterator(item func(whatwg.Pair) sobek.Value) func(sobek.FunctionCall) sobek.Value {
	return func(call sobek.FunctionCall) sobek.Value {
		var items []sobek.Value
		for _, p := range i.headersOf(call.This).Sorted() {
			items = append(items, item(p))
		}
		array := i.list(items...)
		return i.invoke(array.GetSymbol(sobek.SymIterator), array)
	}
}

func (i *isolate) strings(list []string) *sobek.Object {
	values := make([]sobek.Value, len(list))
	for n, s := range list {
		values[n] = i.rt.ToValue(s)
	}
	return i.list(values...)
}

// fromHTTP converts headers that came over the network.
func fromHTTP(header http.Header) *whatwg.Headers {
	list := &whatwg.Headers{}
	for name, values := range header {
		lower, err := whatwg.HeaderName(name)
		if err != nil {
			continue
		}
		for _, value := range values {
			list.Append(lower, value)
		}
	}
	return list
}

// toHTTP converts headers that go to the network.
func toHTTP(list *whatwg.Headers) http.Header {
	header := make(http.Header, len(list.Pairs()))
	for _, p := range list.Pairs() {
		header.Add(p.Name, p.Value)
	}
	return header
}
