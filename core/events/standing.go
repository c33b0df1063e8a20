package events

import (
	"context"

	"tracedge/core/canon"
	"tracedge/core/storage"
)

// Items is what events need to know of items, in the partition that they share.
type Items interface {
	// Partition is where an item lives, and false for a text that no item is named by.
	Partition(dfid string) (storage.Partition, bool)

	// Reads are the records and the ranges of the item's partition that Judge looks at. A change of the item changes one
	// of the records.
	Reads(p storage.Partition, userID string) (keys, ranges []storage.Key)

	// Judge says what an item is to a user, by what Reads names.
	Judge(ctx context.Context, p storage.Partition, v storage.View, userID string) (Standing, error)
}

// Standing is what an item is to a user. The zero value is an item that is missing or that the user may not see.
type Standing struct {
	MaySee  bool
	MayAdd  bool // events
	OwnerID string
	State   canon.Value // for snapshots: identifiers in raw form, enriched_data, status, created_at, last_modified
}

// Circuits is what events need to know of circuits.
type Circuits interface {
	// Member reports whether a user is a member of a circuit.
	Member(ctx context.Context, circuitID, userID string) (bool, error)

	// Holds tells which of some items a circuit holds.
	Holds(ctx context.Context, circuitID string, dfids []string) (map[string]bool, error)
}
