package openapi

import (
	"encoding/json"
	"strconv"
)

// The document is a tree of JSON values that are written as they stand, members in the order given.
type (
	// object is a JSON object whose members keep their order.
	object []member
	member struct {
		name  string
		value any // of the types of this file, string, bool, int64, nil, or anything that encoding/json takes
	}
	list []any
	// raw is JSON already.
	raw string
)

// get is the member of a name, nil when there is none.
func (o object) get(name string) any {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// set returns o with a member, in the place of one of the same name.
func (o object) set(name string, value any) object {
	out := append(object(nil), o...)
	for i := range out {
		if out[i].name == name {
			out[i].value = value
			return out
		}
	}
	return append(out, member{name, value})
}

// texts is texts as a list.
func texts(of []string) list {
	out := make(list, len(of))
	for i, s := range of {
		out[i] = s
	}
	return out
}

// appendJSON writes a value.
func appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case object:
		b = append(b, '{')
		for i, m := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendJSON(b, m.name), ':')
			b = appendJSON(b, m.value)
		}
		return append(b, '}')
	case list:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, e)
		}
		return append(b, ']')
	case raw:
		return append(b, v...)
	case int64:
		return strconv.AppendInt(b, v, 10)
	default:
		doc, err := json.Marshal(v)
		if err != nil {
			doc = []byte("null")
		}
		return append(b, doc...)
	}
}

// appendLines writes a value with a line for each of its small parts.
func appendLines(b []byte, v any) []byte {
	o, ok := v.(object)
	short := appendJSON(nil, v)
	if !ok || len(short) < 300 || o.get("operationId") != nil || o.get("type") != nil || o.get("headers") != nil && o.get("schemas") == nil {
		return append(b, short...)
	}
	b = append(b, '{')
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendJSON(append(b, '\n'), m.name), ':')
		b = appendLines(b, m.value)
	}
	return append(b, "\n}"...)
}
