// Package locals holds local items: things that their owner keeps for itself until it makes items of them.
//
// A local item's partition, local/<lid>, holds
//
//	item                        the local item, with what its layers make of it
//	layer/<n>                   its layers, once there are more than the base: see layer.go
//	share/<recipient>/<time>-.. its shares, oldest first for each recipient
//	claim/work                  the claim of an operation that changes this local item and another one
//
// The owner's partition, user/<id>, holds it in the list of what the account owns, and keeps which local items share an
// identifier: package listing.
//
// A local item claims no identifiers. It is created by one commit, which sends one row to the owner's list; changed by
// one commit, again with one row; merged and unmerged by an operation that claims all local items it touches, decides in
// the master, and tells the others. Each function says what a crash between its steps leaves.
package locals
