package items

import "tracedge/core/storage"

// Lookup reads the item of the partition that an update changes, the record of which is under Key; nil when there is none.
func Lookup(tx *storage.Tx) (*Item, error) {
	i, known, err := get(tx)
	if err != nil || !known {
		return nil, err
	}
	return i, nil
}
