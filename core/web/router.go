package web

import (
	"fmt"
	"strings"

	"tracedge/core/message"
)

// node is a place in the tree of segments.
type node struct {
	literals  map[string]*node
	parameter *node
	leaves    []leaf // routes that end here, one per method
}

// leaf is a route under one of its paths. Names belong to the path: at one place of the tree two routes may call the
// same segment differently.
type leaf struct {
	entry *entry
	names []string
}

// param is a path parameter of a call. Text that is not UTF-8 in percent-encoding stays as sent, until step 7 refuses it.
type param struct {
	name, text string
	malformed  bool
}

// insert adds a route under a path that has been checked.
func (n *node) insert(e *entry, path string) error {
	segments, err := parsePattern(path)
	if err != nil {
		return err
	}
	for _, s := range segments {
		n = n.child(s)
	}
	for _, l := range n.leaves {
		if l.entry.route.Method == e.route.Method {
			return fmt.Errorf("path %q belongs to %s already", path, l.entry.route.Pattern)
		}
	}
	n.leaves = append(n.leaves, leaf{e, parameters(segments)})
	return nil
}

func (n *node) child(s segment) *node {
	if s.parameter {
		if n.parameter == nil {
			n.parameter = new(node)
		}
		return n.parameter
	}
	if n.literals == nil {
		n.literals = make(map[string]*node)
	}
	if n.literals[s.text] == nil {
		n.literals[s.text] = new(node)
	}
	return n.literals[s.text]
}

// match finds the routes of a path, given as it stands in the request line, and the raw texts of the parameters. Segments
// are compared after percent-decoding; an encoded slash does not separate. Nil when there are none.
//
// A literal takes its segment for good: where a route has the literal "pending", "pending" is never read as an id, also
// when the rest of the path then leads nowhere.
func (n *node) match(path string) (*node, []string) {
	var values []string
	if !strings.HasPrefix(path, "/") {
		return nil, nil
	}
	if path != "/" {
		for raw := range strings.SplitSeq(path[1:], "/") {
			text, ok := unescape(raw)
			next := n.literals[text]
			if !ok || next == nil {
				next = n.parameter
				values = append(values, raw)
			}
			if next == nil || raw == "" {
				return nil, nil
			}
			n = next
		}
	}
	if len(n.leaves) == 0 {
		return nil, nil
	}
	return n, values
}

// leaf is the route for a method: HEAD is served by GET.
func (n *node) leaf(method string) (leaf, bool) {
	if method == message.HEAD {
		method = message.GET
	}
	for _, l := range n.leaves {
		if l.entry.route.Method == method {
			return l, true
		}
	}
	return leaf{}, false
}

// allow lists every method of the path, for the header of that name.
func (n *node) allow() string {
	var have []string
	for _, m := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
		if _, ok := n.leaf(m); ok {
			have = append(have, m)
		}
	}
	return strings.Join(append(have, "OPTIONS"), ", ")
}
