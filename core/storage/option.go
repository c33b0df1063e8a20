package storage

import (
	"time"

	"tracedge/core/storage/wire"
)

// PutOption says how a record is kept.
type PutOption func(*put)

type put struct {
	expires time.Time
	edge    Key
	own     bool
	sealed  bool
}

// Expires gives a record a time to live: from then on it is absent everywhere.
func Expires(t time.Time) PutOption { return func(p *put) { p.expires = t } }

// Replicated has the record copied to KV under its own key, for ReadEdge. Records without it exist in the sequencer
// only, so KV never holds what nobody reads there.
func Replicated() PutOption { return func(p *put) { p.own = true } }

// ReplicatedAs has the record copied to KV under an index key, for ScanEdge over partitions.
func ReplicatedAs(k Key) PutOption { return func(p *put) { p.edge = k } }

// Sealed encrypts the document at rest. Reading opens it again.
func Sealed() PutOption { return func(p *put) { p.sealed = true } }

// UpdateOption prepares an update.
type UpdateOption func(*update)

// Reading fetches records in one call before the function first runs. They count as read.
func Reading(keys ...Key) UpdateOption {
	return func(u *update) { u.prefetch = append(u.prefetch, keys...) }
}

// AssumeAbsent lets the function run first as if there were no records under the keys, without asking. The commit
// verifies it; where it does not hold the function runs again on what is there. It saves a call where absence is the
// rule, as for a name that is being claimed.
func AssumeAbsent(keys ...Key) UpdateOption {
	return func(u *update) { u.absent = append(u.absent, keys...) }
}

// Given lets the function run first on records, and absences, that a look has just found. The commit verifies them; where
// they do not hold any more the function runs again on what is there. It saves the call that would read them anew.
func Given(v View, keys ...Key) UpdateOption {
	return func(u *update) { u.given, u.view = append(u.given, keys...), v }
}

// Observing fetches whole ranges along with the other reads, for Tx.Observed. They do not count as read: what changes in
// them meanwhile is no conflict. But a record of theirs that the function gets by its key counts like any other.
func Observing(prefixes ...Key) UpdateOption {
	return func(u *update) { u.observe = append(u.observe, prefixes...) }
}

// Scanning fetches pages of ranges in the same call as Reading. They count as read; Tx.Scan with the same page finds them.
func Scanning(spans ...Span) UpdateOption {
	var scans []wire.Scan
	for _, s := range spans {
		scans = append(scans, s.ask())
	}
	return scanning(scans...)
}

// scanning fetches ranges along with the prefetched keys.
func scanning(scans ...wire.Scan) UpdateOption {
	return func(u *update) { u.scans = append(u.scans, scans...) }
}

// workloadScans are the ranges that Tx.workload reads.
func workloadScans(p Partition) UpdateOption {
	return scanning(
		wire.Scan{Prefix: string(p.Prefix(outboxArea)), Limit: maxWorkload},
		wire.Scan{Prefix: string(p.Prefix(claimArea)), Limit: maxWorkload},
	)
}
