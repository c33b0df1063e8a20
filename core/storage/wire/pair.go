package wire

import (
	"encoding/json"
	"fmt"
)

// MarshalJSON writes the pair [key, version].
func (p KeyVersion) MarshalJSON() ([]byte, error) { return marshalPair(p.Key, p.Version) }

// UnmarshalJSON reads the pair [key, version].
func (p *KeyVersion) UnmarshalJSON(b []byte) error { return unmarshalPair(b, &p.Key, &p.Version) }

// MarshalJSON writes the pair [key, value].
func (p KeySum) MarshalJSON() ([]byte, error) { return marshalPair(p.Key, p.Value) }

// UnmarshalJSON reads the pair [key, value].
func (p *KeySum) UnmarshalJSON(b []byte) error { return unmarshalPair(b, &p.Key, &p.Value) }

func marshalPair(key string, n int64) ([]byte, error) {
	return json.Marshal([2]any{key, n})
}

func unmarshalPair(b []byte, key *string, n *int64) error {
	var pair []json.RawMessage
	if err := json.Unmarshal(b, &pair); err != nil {
		return err
	}
	if len(pair) != 2 {
		return fmt.Errorf("wire: pair of %d members", len(pair))
	}
	if err := json.Unmarshal(pair[0], key); err != nil {
		return err
	}
	return json.Unmarshal(pair[1], n)
}
