package services

import (
	"errors"
	"fmt"
)

// ErrClosed is returned by every call of a store that was closed.
var ErrClosed = errors.New("the store is closed")

// Limits of a KV namespace, as the platform has them. They are checked here and
// not only by the binding, so that no store ever holds an entry that the edge
// would refuse.
const (
	MaxKVKey      = 512      // bytes of a key
	MaxKVValue    = 25 << 20 // bytes of a value
	MaxKVMetadata = 1024     // bytes of the metadata document
	MaxKVPage     = 1000     // keys of one page of a listing
)

// Check returns an error when the platform would refuse to store e.
func (e KVEntry) Check() error {
	if err := CheckKVKey(e.Key); err != nil {
		return err
	}
	if len(e.Value) > MaxKVValue {
		return fmt.Errorf("KV value of %q is %d bytes, the limit is %d", e.Key, len(e.Value), MaxKVValue)
	}
	if len(e.Metadata) > MaxKVMetadata {
		return fmt.Errorf("KV metadata of %q is %d bytes, the limit is %d", e.Key, len(e.Metadata), MaxKVMetadata)
	}
	return nil
}

// CheckKVKey returns an error when key cannot be the key of a KV entry.
func CheckKVKey(key string) error {
	switch {
	case key == "", key == ".", key == "..":
		return fmt.Errorf("%q cannot be a KV key", key)
	case len(key) > MaxKVKey:
		return fmt.Errorf("KV key of %d bytes, the limit is %d", len(key), MaxKVKey)
	}
	return nil
}

// CheckKVLimit returns an error when limit is not a size of a KV page.
func CheckKVLimit(limit int) error {
	if limit < 1 || limit > MaxKVPage {
		return fmt.Errorf("KV list limit %d is not within 1 and %d", limit, MaxKVPage)
	}
	return nil
}

// Check returns an error when b is not a batch that can be applied: a key that
// is named twice has no defined outcome.
func (b Batch) Check() error {
	seen := make(map[string]struct{}, len(b.Puts)+len(b.Deletes))
	twice := func(key string) bool {
		_, ok := seen[key]
		seen[key] = struct{}{}
		return ok
	}
	for _, p := range b.Puts {
		if twice(p.Key) {
			return fmt.Errorf("batch names key %q twice", p.Key)
		}
	}
	for _, k := range b.Deletes {
		if twice(k) {
			return fmt.Errorf("batch names key %q twice", k)
		}
	}
	if b.Alarm != nil && *b.Alarm < 0 {
		return fmt.Errorf("alarm time %d is negative", *b.Alarm)
	}
	return nil
}
