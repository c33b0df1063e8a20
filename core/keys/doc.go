// Package keys holds API keys: what they may do, who has them, how often they were used, and the quotas of requests.
//
// A key has a partition of its own, apikey/<hash of its text>, in which everything is decided that its use depends on:
//
//	key            the key itself; never replicated
//	stopped        it is paused, revoked or deleted; absent while it works
//	used           when it was last admitted
//	quota/...      its admissions of the past hour and their number of all time, see window
//	usage/<day>/.. requests, errors and microseconds of a day, kept for 90 days
//	claim/key      the reservation under which it is created
//
// Its owner's partition, user/<id>, lists it by reference:
//
//	apikey/<id>               where the key lives
//	apikeylist/<time>-<id>    the same in order of creation, with a note whether the key works
//
// So one call of the sequencer finds a key in its present state, and one more counts the request and makes sure that
// nothing has stopped the key meanwhile.
//
// A key is created by a decision in its owner's partition, so that its text is kept under an idempotency key in the same
// commit; it is changed, revoked and deleted by one commit in its own, so that none of these can be acknowledged and not
// be in force. Each function says what a crash between its steps leaves.
package keys
