package web

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"tracedge/core/fault"
)

// Limits of a page (conventions, section 8).
const (
	defaultLimit = 50
	maxLimit     = 200
)

// Page is the part of a query that pages a list: limit and cursor, and offset where the route has one. As a field of a
// query struct it takes the tags limit:"100" (another default), lenient:"true" (a bad limit is the default) and
// offset:"true" (the route takes an offset; together with a cursor that is a 400).
type Page struct {
	Limit  int // 0 to 200; 0 asks for an empty page
	Offset int // entries to skip, 0 with a cursor

	position json.RawMessage
}

// Resume decodes the position that the previous page ended at, as given to Call.Next, and reports whether there is one:
// false is the first page. A cursor whose position does not fit is a 400.
func (p Page) Resume(position any) (bool, error) {
	if p.position == nil {
		return false, nil
	}
	if err := json.Unmarshal(p.position, position); err != nil {
		return false, errCursor()
	}
	return true, nil
}

// Next ends a page that has more behind it: it makes the cursor for the position, sets the Link header and returns the
// cursor for next_cursor. A position is JSON and says where the next page starts; a client can read and change it, so it
// must select nothing that the caller may not see. A route whose Query has no Page is an error of the program.
func (c *Call) Next(position any) (*string, error) {
	if c.entry.query == nil || c.entry.query.page == nil {
		return nil, fmt.Errorf("web: %s declares no page", c.entry.route.Pattern)
	}
	token, err := EncodeCursor(c.binding(), position)
	if err != nil {
		return nil, err
	}
	var query []string
	for _, p := range c.known {
		if p.key != "cursor" && p.key != "offset" {
			query = append(query, url.QueryEscape(p.key)+"="+url.QueryEscape(p.value))
		}
	}
	query = append(query, "cursor="+token)
	c.Header("Link", "<"+c.request.Path+"?"+strings.Join(query, "&")+`>; rel="next"`)
	return &token, nil
}

// binding is what a cursor of this call belongs to: the endpoint, its path values, the filters and the caller.
func (c *Call) binding() []string {
	out := []string{c.entry.route.Method, c.entry.route.Pattern}
	if c.caller != nil {
		out = append(out, "caller", c.caller.UserID)
	}
	for _, p := range c.params {
		out = append(out, "path", p.name, p.text)
	}
	for _, k := range c.entry.query.keys { // declared order, so that the order sent does not matter
		if text, sent := c.value(k.name); sent && k.index >= 0 {
			out = append(out, "query", k.name, text)
		}
	}
	return out
}

// pageField is a Page in a query struct.
type pageField struct {
	index   int
	limit   int
	lenient bool
	offset  bool
}

func (q *queryType) addPage(f reflect.StructField, index int) error {
	p := &pageField{index: index, limit: defaultLimit}
	if text, ok := f.Tag.Lookup("limit"); ok {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > maxLimit {
			return fmt.Errorf("limit %q is not within 0 to %d", text, maxLimit)
		}
		p.limit = n
	}
	p.lenient = f.Tag.Get("lenient") == "true"
	p.offset = f.Tag.Get("offset") == "true"
	q.page = p
	keys := []queryKey{{name: "limit", index: -1, lenient: p.lenient}, {name: "cursor", index: -1}}
	if p.offset {
		keys = append(keys, queryKey{name: "offset", index: -1, lenient: p.lenient})
	}
	for _, k := range keys {
		if err := q.addKey(k); err != nil {
			return err
		}
	}
	return nil
}

func (f *pageField) bind(p *Page, c *Call) (err error) {
	if p.Limit, err = f.number(c, "limit", f.limit); err != nil {
		return err
	}
	p.Limit = min(p.Limit, maxLimit)
	if p.Offset, err = f.number(c, "offset", 0); err != nil {
		return err
	}
	token, sent := c.value("cursor")
	if !sent {
		return nil
	}
	if _, both := c.value("offset"); both {
		return fault.BadRequest("cursor", "A cursor and an offset exclude each other")
	}
	p.position, err = DecodeCursor(c.binding(), token)
	return err
}

// number is a key that counts entries: 0 or more.
func (f *pageField) number(c *Call, key string, fallback int) (int, error) {
	text, sent := c.value(key)
	if !sent {
		return fallback, nil
	}
	var n int64
	err := setText(reflect.ValueOf(&n).Elem(), text)
	if err == nil && n >= 0 {
		return int(min(n, 1<<31-1)), nil
	}
	if f.lenient {
		return fallback, nil
	}
	return 0, fault.BadRequest(key, "Expected an integer of 0 or more")
}
