package bolt

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"

	"tracedge/harness/services"
)

// A stored KV entry is its expiration (uvarint), the length of its metadata
// (uvarint), the metadata, then the value up to the end.

func encodeEntry(e services.KVEntry) []byte {
	record := make([]byte, 0, 2*binary.MaxVarintLen64+len(e.Metadata)+len(e.Value))
	record = binary.AppendUvarint(record, uint64(e.Expiration))
	record = binary.AppendUvarint(record, uint64(len(e.Metadata)))
	record = append(record, e.Metadata...)
	return append(record, e.Value...)
}

// decodeEntry reads what encodeEntry wrote. The entry shares memory with record.
func decodeEntry(key string, record []byte) (services.KVEntry, error) {
	expiration, n := binary.Uvarint(record)
	if n <= 0 {
		return services.KVEntry{}, fmt.Errorf("KV entry %q is damaged", key)
	}
	record = record[n:]
	length, n := binary.Uvarint(record)
	if n <= 0 || uint64(len(record)-n) < length {
		return services.KVEntry{}, fmt.Errorf("KV entry %q is damaged", key)
	}
	record = record[n:]
	e := services.KVEntry{Key: key, Value: record[length:], Expiration: int64(expiration)}
	if length > 0 {
		e.Metadata = json.RawMessage(record[:length])
	}
	return e, nil
}

// copyEntry gives e memory of its own, so that it outlives the transaction.
func copyEntry(e services.KVEntry) services.KVEntry {
	e.Value = bytes.Clone(e.Value)
	e.Metadata = bytes.Clone(e.Metadata)
	return e
}

// purgeLimit bounds the expired entries that one write removes. It is more than
// one, so that purging keeps up with any number of entries that expire.
const purgeLimit = 16

// purge removes a bounded number of expired entries.
func (n *kv) purge(entries, expiry *bbolt.Bucket) error {
	var due [][]byte
	now := n.store.now().Unix()
	ascend(expiry.Cursor(), nil, expiryKey(now+1, ""), func(k, _ []byte) bool {
		due = append(due, bytes.Clone(k))
		return len(due) < purgeLimit
	})
	for _, k := range due {
		if err := entries.Delete(k[8:]); err != nil {
			return err
		}
		if err := expiry.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// dropExpiry takes key out of the index of expirations, before its entry is
// replaced or removed.
func dropExpiry(entries, expiry *bbolt.Bucket, key string) error {
	record := entries.Get([]byte(key))
	if record == nil {
		return nil
	}
	e, err := decodeEntry(key, record)
	if err != nil || e.Expiration == 0 {
		return err
	}
	return expiry.Delete(expiryKey(e.Expiration, key))
}
