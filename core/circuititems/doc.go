// Package circuititems moves items into circuits and out of them: pushes, pulls, operations that wait for an approval,
// lists of what a circuit holds and of what happened in it.
//
// In the partition of a circuit it keeps
//
//	item/<dfid>                              an item that the circuit holds
//	itemat/<time>-<operation id>             the same in order of time
//	itemgone/<dfid>                          the stamp of an item that was pulled, for a month
//	operation/<operation id>                 an operation
//	operationat/<time>-<operation id>        the same in order of time
//	operationwaits/<time>-<operation id>     the same while it is Pending
//	pending/<dfid>/<requester>/<type>        which operation of a requester is Pending for an item
//	lid/<local id>                           the last push of a local item
//	activity/<time>-<operation id>           what happened
//
// and in the partition of an item
//
//	holder/<circuit id>                      the circuit holds the item
//	holdergone/<circuit id>                  it did, for a month
//	layer/..., pendinglayer/...              what others than the owner have added, see package items
//
// Everything but the push of a local item is decided in the circuit. What follows in the item is one commit there, the
// item half: holder, layer, event with snapshot, upload. It is a row of the deciding commit, delivered before the reply.
// The push of a local item is decided in the item, and what follows in the circuit is the row.
//
// Holders carry a stamp that grows with every commit of the circuit that moves the item, so that of a push and a pull the
// later one wins, whichever row comes first.
package circuititems
