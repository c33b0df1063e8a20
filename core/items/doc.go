// Package items holds items, the things with a DFID: how they come to be, change, merge, split and are shared; who may
// see them; and which identifiers lead to them.
//
// An item's partition, item/<dfid>, holds
//
//	item                        the item itself
//	share/<recipient>/<time>-.. its shares, oldest first for each recipient
//	holder/<circuit id>         a circuit that holds it (package circuits writes these)
//	published/<circuit id>      a circuit that shows it to everybody (these too)
//	claim/work                  the claim of an operation that changes this item and another one
//
// and what other packages keep of the item: events, snapshots, storage records.
//
// The index of identifiers is a partition for each namespace, key and value, identifier/<hash>: see index.go. The owner's
// partition, user/<id>, holds the list (package listing), pending items and received shares.
//
// A change decides by one commit of one partition, in which the rows for all others are stored. Before it there are only
// reservations in the index, holds of credits, and drawn numbers. Each function says what a crash between its steps
// leaves.
package items
