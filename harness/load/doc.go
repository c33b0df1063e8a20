// Package load sends requests to a service and tells how it answered: one after the other along the critical path
// ([Smoke]), or at a constant rate ([Run]).
//
// # Open loop
//
// Requests of a run are due on a schedule that does not wait for answers, and latency counts from the moment at which a
// request was due. A service that stalls cannot hide it by slowing its clients down: what was due during the stall waited,
// and shows it. So does what waited for one of a bounded number of places in flight, and what was repeated after a 503
// (the pauses count).
//
// # Results
//
// [Run] returns a [Result], whose JSON form is documented at its fields, and writes one record per request in the form of
// the service's own request records, so that the breakdown of a load run is the breakdown of a log. All attempts of a
// request are sent under one trace, so the records of client and service join by trace_id.
package load
