package web

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"tracedge/core/fault"
)

// split cuts a path that begins with a slash into its segments.
func split(path string) []string {
	return strings.Split(strings.TrimPrefix(path, "/"), "/")
}

// unescape decodes a segment. It reports false for bad encoding and for text that is not UTF-8.
func unescape(raw string) (string, bool) {
	text, err := url.PathUnescape(raw)
	return text, err == nil && utf8.ValidString(text)
}

// bindPath is the path half of step 7: parameters must be text, and UUIDs where the route says so.
func (c *Call) bindPath() error {
	for _, p := range c.params {
		if p.malformed {
			return fault.BadRequest(p.name, "The path is not UTF-8 in percent-encoding")
		}
	}
	for _, name := range c.entry.route.UUIDs {
		if _, err := c.PathUUID(name); err != nil {
			return err
		}
	}
	return nil
}
