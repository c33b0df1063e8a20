// Package circuits holds circuits: their members and roles, requests to join, public settings and public pages.
//
// A circuit is a partition of its own, circuit/<id>, and not one document. Each row is changed by those alone whom it
// concerns, so that members join and roles change side by side and nothing is lost:
//
//	head                 name, flags, status
//	member/<user id>     a role; what it permits follows from the role as it is now
//	role/<hash>          a custom role by the hash of its name, or one of the two default ones
//	request/<user id>    who waits to be let in
//	decided/<user id>    the latest request of somebody that was approved or rejected
//	settings             of the public page; the password as a bcrypt hash
//	published/<dfid>     an item that the public page shows
//	item/<dfid>          an item that the circuit holds; written by what moves items
//	adapter              where items of the circuit are uploaded to; see package postactions for who is told of what
//	tally/...            numbers of members, custom roles, requests and published items, as bounded additions: so a limit
//	                     holds without writers in each other's way; and when anything of the above last changed
//
// Rows elsewhere are pointers, delivered by the outbox of the commit that changed the circuit: in user/<id> the circuits
// of a user and the circuits that count against an owner's limit, in public/circuits those that are listed, in item/<dfid>
// the circuits that publish it. They give no right. Whoever follows one opens the circuit, and what that does not confirm
// is skipped. A pointer carries a stamp, so that a late row never undoes a newer one.
//
// Every change is one operation: its deciding commit is in the circuit, names what its rules have looked at, and holds the
// pointers, the side records and the response kept under an idempotency key. So a crash before it leaves nothing, and
// after it nothing is lost; see storage.Operation. Only founding and reactivating a circuit do something before, see
// ownership.
package circuits
