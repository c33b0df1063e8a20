package web

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"tracedge/core/fault"
)

// Query is the decoded query of a call. T is the type of the route's Query value, a struct:
//
//	type listQuery struct {
//		web.Page `limit:"100"`
//		Tier     *Tier  `query:"tier"`                   // nil when absent
//		Active   bool   `query:"active" default:"true"`
//		Days     int    `query:"days" default:"7" lenient:"true"`
//		From     string `query:"from" required:"true"`
//	}
//
// Fields are strings, booleans, integers, enums (see Enum), types with UnmarshalText, or pointers to these. Keys that
// the struct does not name are ignored. A named key given twice, and a value that its field cannot hold, is a 400; on a
// lenient field the last key wins and a bad value counts as absent.
//
// Query panics when T is not the type that the route declares.
func Query[T any](c *Call) *T { return c.query.(*T) }

// pair is a query key with its value, both decoded.
type pair struct{ key, value string }

// bindQuery is the query half of step 7.
func (c *Call) bindQuery() error {
	if c.entry.query == nil {
		return nil
	}
	known, err := c.entry.query.pick(c.request.Query)
	if err != nil {
		return err
	}
	c.known = known
	c.query, err = c.entry.query.bind(c)
	return err
}

// pick decodes the pairs of a query whose keys the type declares, in the order sent.
func (q *queryType) pick(raw string) ([]pair, error) {
	var out []pair
	for part := range strings.SplitSeq(raw, "&") {
		name, text, _ := strings.Cut(part, "=")
		key, err := url.QueryUnescape(name)
		k := q.key(key)
		if err != nil || k == nil {
			continue
		}
		value, err := url.QueryUnescape(text)
		if err != nil || !utf8.ValidString(value) {
			if k.lenient {
				continue
			}
			return nil, fault.BadRequest(key, "The value is not UTF-8 in percent-encoding")
		}
		if i := slices.IndexFunc(out, func(p pair) bool { return p.key == key }); i >= 0 {
			if !k.lenient {
				return nil, fault.BadRequest(key, "Given twice")
			}
			out = slices.Delete(out, i, i+1) // the last one wins
		}
		out = append(out, pair{key, value})
	}
	return out, nil
}

// value is the text of a known key and whether it was sent.
func (c *Call) value(key string) (string, bool) {
	for _, p := range c.known {
		if p.key == key {
			return p.value, true
		}
	}
	return "", false
}
