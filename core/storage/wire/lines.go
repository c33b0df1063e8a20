package wire

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseEdgeReply reads a reply of the edge in the form in which it crosses into the module: a line with the cursor, and
// for each record the lines of its key, version, expiry (0 for never) and document. JSON within JSON would be read twice.
func ParseEdgeReply(text string) (EdgeReply, error) {
	cursor, rest, more := strings.Cut(text, "\n")
	reply := EdgeReply{Cursor: cursor}
	for more {
		var r Record
		var version, expires string
		var full bool
		r.Key, rest, _ = strings.Cut(rest, "\n")
		version, rest, _ = strings.Cut(rest, "\n")
		expires, rest, full = strings.Cut(rest, "\n")
		r.Doc, rest, more = strings.Cut(rest, "\n")
		var err error
		if r.Version, err = strconv.ParseInt(version, 10, 64); err != nil || !full {
			return EdgeReply{}, fmt.Errorf("wire: record of version %q", version)
		}
		if r.Expires, err = strconv.ParseInt(expires, 10, 64); err != nil {
			return EdgeReply{}, fmt.Errorf("wire: record of expiry %q", expires)
		}
		reply.Records = append(reply.Records, r)
	}
	return reply, nil
}
