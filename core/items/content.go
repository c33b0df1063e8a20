package items

import (
	"encoding/json"

	"tracedge/core/storage"
)

// Content is what adapters store of an item: the item as its owner sees it, in compact JSON. Nothing of layers or events
// is in it, so a copy outside holds nothing that is hidden from anybody who sees the item.
func (i *Item) Content() (string, error) {
	doc, err := json.Marshal(i.Response())
	return string(doc), err
}

// Lookup reads the item of the partition that an update changes, the record of which is under Key; nil when there is none.
func Lookup(tx *storage.Tx) (*Item, error) {
	i, known, err := get(tx)
	if err != nil || !known {
		return nil, err
	}
	return i, nil
}
