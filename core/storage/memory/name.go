package memory

import (
	"fmt"
	"strings"

	"tracedge/core/storage/wire"
)

func checkKey(partition, key string) error {
	if err := checkName("key", key); err != nil {
		return err
	}
	if !within(partition, key) {
		return fmt.Errorf("key %q is outside the partition", key)
	}
	return nil
}

func checkSpan(partition, prefix, after, until string) error {
	if err := checkName("prefix", prefix); err != nil {
		return err
	}
	if !within(partition, prefix) {
		return fmt.Errorf("prefix %q is outside the partition", prefix)
	}
	for _, end := range []string{after, until} {
		if end == "" {
			continue
		}
		if err := checkName("bound", end); err != nil {
			return err
		}
	}
	return nil
}

// within tells whether a key or prefix begins with the partition and a slash.
func within(partition, key string) bool {
	rest, ok := strings.CutPrefix(key, partition)
	return ok && strings.HasPrefix(rest, "/")
}

// checkName returns why s is no name: 1 to wire.MaxKey bytes of printable ASCII without the space.
func checkName(what, s string) error {
	if len(s) == 0 || len(s) > wire.MaxKey {
		return fmt.Errorf("%s of %d bytes", what, len(s))
	}
	for i := range len(s) {
		if s[i] < 0x21 || s[i] > 0x7E {
			return fmt.Errorf("%s %q holds the byte %#x", what, s, s[i])
		}
	}
	return nil
}

func checkToken(token string) error {
	if len(token) < 16 || len(token) > 64 {
		return fmt.Errorf("token of %d bytes", len(token))
	}
	for i := range len(token) {
		c := token[i]
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '-') {
			return fmt.Errorf("token holds the byte %#x", c)
		}
	}
	return nil
}

// exact tells whether every reader of JSON holds n exactly.
func exact(n int64) bool { return -wire.MaxNumber <= n && n <= wire.MaxNumber }
