package storage

import (
	"fmt"
	"strings"
	"time"

	"tracedge/core/storage/wire"
)

// Key names a record: `<partition>/<rest>`, or an index key of the edge. Made by Partition.Key and EdgeKey, which escape
// their parts, so that no part can reach into another partition.
type Key string

// Partition is the root entity of records that change together, such as user/<id>.
type Partition struct{ name string }

// In names the partition of an entity: its kind and its id. Free-form ids are hashed by the caller when they may be
// long; a key has at most 512 bytes.
func In(kind string, id ...string) Partition {
	return Partition{join(kind, id)}
}

// ParsePartition reads a name that String made.
func ParsePartition(name string) (Partition, error) {
	if kind, id, ok := strings.Cut(name, "/"); !ok || kind == "" || id == "" || strings.HasSuffix(id, "/") {
		return Partition{}, fmt.Errorf("storage: %q is not a partition", name)
	}
	return Partition{name}, nil
}

// String is the partition's name.
func (p Partition) String() string { return p.name }

// Kind is the first part of the name; it appears in records, the rest never does.
func (p Partition) Kind() string {
	kind, _, _ := strings.Cut(p.name, "/")
	return kind
}

// Key names a record of the partition.
func (p Partition) Key(part string, more ...string) Key {
	return Key(p.name + "/" + join(part, more))
}

// Prefix names all records of the partition below the given parts.
func (p Partition) Prefix(part string, more ...string) Key { return p.Key(part, more...) + "/" }

// owns tells whether the key lies in the partition.
func (p Partition) owns(k Key) bool {
	return len(k) > len(p.name)+1 && strings.HasPrefix(string(k), p.name) && k[len(p.name)] == '/'
}

// EdgeKey names a replica in KV under a key other than its record's own: an index over partitions. One of the parts must
// identify the partition, so that no two partitions write the same key.
func EdgeKey(index string, part ...string) Key { return Key(join(index, part)) }

func (k Key) valid() error {
	if len(k) == 0 || len(k) > wire.MaxKey {
		return fmt.Errorf("storage: key of %d bytes", len(k))
	}
	return nil
}

// Ascending is a key part that sorts by time, oldest first. Microseconds.
func Ascending(t time.Time) string { return fmt.Sprintf("%016x", t.UnixMicro()) }

// TimeID is a key part that sorts by time and is unique: the time of Ascending and a UUID.
func TimeID(t time.Time, id string) string { return Ascending(t) + "-" + id }

// IsTimeID reports whether a text has the form of TimeID. It is what a cursor may say of where a page begins.
func IsTimeID(text string) bool {
	return len(text) == 16+1+36 && text[16] == '-' && strings.Trim(text, "0123456789abcdef-") == ""
}

func join(first string, more []string) string {
	if len(more) == 0 {
		return escape(first)
	}
	if len(more) == 1 {
		return escape(first) + "/" + escape(more[0])
	}
	var b strings.Builder
	b.WriteString(escape(first))
	for _, m := range more {
		b.WriteByte('/')
		b.WriteString(escape(m))
	}
	return b.String()
}

// escape percent-encodes what may not stand in a part of a key.
func escape(s string) string {
	for i := range len(s) {
		if !plain(s[i]) {
			return escapeFrom(s, i)
		}
	}
	return s
}

func escapeFrom(s string, i int) string {
	const hex = "0123456789ABCDEF"
	b := append(make([]byte, 0, len(s)+8), s[:i]...)
	for ; i < len(s); i++ {
		if c := s[i]; plain(c) {
			b = append(b, c)
		} else {
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(b)
}

func plain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-_.~@:+=,", c) >= 0
}
