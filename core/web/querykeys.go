package web

import (
	"reflect"
	"strconv"
)

// QueryKey is a query key of a route, for documents.
type QueryKey struct {
	Name     string
	Field    reflect.StructField // as declared; of a Page for its keys
	Default  string
	Has      bool // there is a default
	Lenient  bool
	Required bool
	Paging   bool // limit, cursor or offset of a Page
}

// QueryKeys are the keys that a Route.Query declares, in order. A declaration that a table would refuse has none.
func QueryKeys(query any) []QueryKey {
	q, err := queryPlan(query)
	if q == nil || err != nil {
		return nil
	}
	out := make([]QueryKey, len(q.keys))
	for i, k := range q.keys {
		at := k.index
		if at < 0 {
			at = q.page.index
		}
		out[i] = QueryKey{k.name, q.typ.Field(at), k.fallback, k.has, k.lenient, k.required, k.index < 0}
		if out[i].Paging && k.name == "limit" {
			out[i].Default, out[i].Has = strconv.Itoa(q.page.limit), true
		}
	}
	return out
}
