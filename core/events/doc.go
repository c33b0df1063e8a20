// Package events keeps what happened to items, and what a user noted before there was an item: local events.
//
//	item/<dfid>/event/<time>-<event id>            an event of the item
//	item/<dfid>/eventkey/<content hash>            the event that was created with this hash: the dedupe key
//	item/<dfid>/eventhead                          count, clock and last snapshot
//	item/<dfid>/eventfront                         its newest Public events, for public pages; the only thing in KV
//	item/<dfid>/snapshot/<version>                 a snapshot; the state of the item in snapshotitem/<hash>
//	localevent/<local event id>/event              a local event
//	.../eventpart/<event id>/<revision>/<n>        metadata too large for the event's own record, beside it
//	.../eventrev/<event id>/<revision>             former metadata, beside the event
//	eventref/<event id>/home                       where an event is
//	user/<id>/feed/<time>-<event id>               a copy of the event in the feed of an account
//	user/<id>/feedix/<index>/<time>-<event id>     its place in an index of the feed
//	circuit/<id>/feed/... and feedix/...           the same of a circuit
//
// An event's partition decides. The reference is written before it and lives for an hour; the event's commit sends what
// makes it permanent, so a reference to nothing goes by itself. Feeds follow as outbox rows of the same commit.
// Every commit that puts an event into an item, or changes one, writes the front and tells the event's circuits: front.put,
// tellCircuits.
//
// Private metadata is encrypted under SECRETS_KEY, bound to the event's id, wherever it is: in the event, its parts and
// revisions, feeds and outbox rows. Encryption and hashing happen before an update, which verifies what they rest on.
package events
