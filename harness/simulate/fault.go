package simulate

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Kind names what can go wrong. The text is part of reports and of the command
// that replays a seed.
type Kind string

// The kinds of faults that are planned.
const (
	CallLost       Kind = "call_lost"       // a call to an object fails before it arrives
	ReplyLost      Kind = "reply_lost"      // it is carried out, and the caller gets an error
	CallLate       Kind = "call_late"       // the caller gets an error, and it arrives long after
	ReplyLate      Kind = "reply_late"      // the reply takes longer than the caller waits
	CallHangs      Kind = "call_hangs"      // no reply ever
	CallOverloaded Kind = "call_overloaded" // refused for load
	CallGarbled    Kind = "call_garbled"    // carried out, and the reply makes no sense
	LocationCut    Kind = "location_cut"    // no call from one location arrives, for a while

	ObjectEvicted   Kind = "object_evicted"   // the object used last leaves memory
	ObjectsRestart  Kind = "objects_restart"  // an isolate of objects starts anew
	ObjectDiesAt    Kind = "object_dies_at"   // the same, while a call is being carried out
	DiskFails       Kind = "disk_fails"       // a batch of an object cannot be stored
	AlarmLate       Kind = "alarm_late"       // an alarm rings minutes late
	AlarmAgain      Kind = "alarm_again"      // an alarm rings twice
	IsolateEvicted  Kind = "isolate_evicted"  // an isolate goes, between requests or during them
	IsolateDiesAt   Kind = "isolate_dies_at"  // the same, while a call of it is under way
	InstanceKilled  Kind = "instance_killed"  // a Go program traps at its n-th host call from now
	ClientLeaves    Kind = "client_leaves"    // a client goes away before the answer
	AnswerLost      Kind = "answer_lost"      // the answer does not reach the client
	KVReadFails     Kind = "kv_read_fails"    // KV answers a read with an error
	KVReadHangs     Kind = "kv_read_hangs"    // or not at all
	KVWriteFails    Kind = "kv_write_fails"   // KV refuses a write
	KVWriteUnsure   Kind = "kv_write_unsure"  // KV takes a write and reports a failure
	KVWriteHangs    Kind = "kv_write_hangs"   // KV takes a write and never says so
	KVListFails     Kind = "kv_list_fails"    // KV answers a listing with an error
	KVListEmpty     Kind = "kv_list_empty"    // a page without keys that is not the last
	ServiceFails    Kind = "service_fails"    // a service outside answers 500
	ServiceHangs    Kind = "service_hangs"    // or not in time
	ServiceLosesAck Kind = "service_lost_ack" // it does its work, and the answer is lost
)

// Kinds are all that a plan draws from, in a fixed order.
var Kinds = []Kind{
	CallLost, ReplyLost, CallLate, ReplyLate, CallHangs, CallOverloaded, CallGarbled, LocationCut,
	ObjectEvicted, ObjectsRestart, ObjectDiesAt, DiskFails, AlarmLate, AlarmAgain,
	IsolateEvicted, IsolateDiesAt, InstanceKilled, ClientLeaves, AnswerLost,
	KVReadFails, KVReadHangs, KVWriteFails, KVWriteUnsure, KVWriteHangs, KVListFails, KVListEmpty,
	ServiceFails, ServiceHangs, ServiceLosesAck,
}

// breaking are the kinds that interrupt a saga between two of its steps.
var breaking = []Kind{CallLost, ReplyLost, CallLate, CallHangs, ObjectDiesAt, IsolateDiesAt}

// Natural are what the world does by itself, without a plan: they count among
// what must have happened.
const (
	KVStale       Kind = "kv_stale"        // a read showed a value that was replaced before
	KVAbsence     Kind = "kv_absence"      // a read showed nothing where something was written
	KVTooOften    Kind = "kv_429"          // a second write to a key within a second was refused
	SameKeyRetry  Kind = "retry_same_key"  // a client repeated a request under its idempotency key
	NewKeyRetry   Kind = "retry_new_key"   // and under a new one
	ClientTimeout Kind = "client_timeout"  // a client did not wait any longer
	Replayed      Kind = "reply_replayed"  // an answer came from an idempotency key
	TokenReplayed Kind = "commit_replayed" // a commit was answered from its token
)

// Natural lists them in a fixed order.
var Natural = []Kind{KVStale, KVAbsence, SameKeyRetry, NewKeyRetry, ClientTimeout, Replayed, TokenReplayed}

// Fault is one planned misfortune. It strikes the first event of its kind after
// At, once Skip others have passed.
type Fault struct {
	ID     int           `json:"id"`
	Kind   Kind          `json:"kind"`
	At     time.Duration `json:"at"` // since the world began
	Skip   int           `json:"skip,omitempty"`
	Commit bool          `json:"commit,omitempty"` // of calls: only commits
	Picky  bool          `json:"picky,omitempty"`  // of calls: only a few kinds of commits, which follow from Number
	Number int           `json:"number,omitempty"` // which host call, location or isolate
	For    time.Duration `json:"for,omitempty"`

	Struck string `json:"struck,omitempty"` // what it hit, once it has

	left int // of Skip
}

func (f *Fault) String() string {
	return fmt.Sprintf("fault %d, %s, from %.3f s", f.ID, f.Kind, f.At.Seconds())
}

// drawFaults plans the misfortunes of a seed: of some kinds only, so that each
// has room to have consequences, and of one kind in any case, so that a sweep
// meets every one of them.
func drawFaults(seed uint64, length time.Duration) []*Fault {
	r := stream(seed, "faults")
	sure := sureOf(seed)
	var kinds []Kind
	share := 0.1 + 0.4*r.Float64()
	for _, k := range Kinds {
		if r.Float64() < share || k == sure {
			kinds = append(kinds, k)
		}
	}
	var faults []*Fault
	for range 6 + r.IntN(20) {
		faults = append(faults, drawFault(r, one(r, kinds), length))
	}
	for range 3 {
		f := drawFault(r, sure, length/2)
		f.Skip, f.Picky = 0, false
		faults = append(faults, f)
	}
	if r.IntN(3) > 0 { // break sagas, each at few steps, all steps together
		first := r.IntN(400)
		for n := range shares {
			f := drawFault(r, one(r, breaking), length)
			f.Commit, f.Picky, f.Skip, f.At = true, true, 0, between(r, 0, length)
			f.Number = first/shares*shares + (first+n)%shares
			faults = append(faults, f)
		}
	}
	for range 6 { // and one commit or another, counted from the first
		f := drawFault(r, one(r, breaking), 0)
		f.Commit, f.Picky, f.Skip = true, false, r.IntN(300)
		faults = append(faults, f)
	}
	for n, f := range faults {
		f.ID = n + 1
	}
	return faults
}

// sureOf is the kind that the plan of a seed holds in any case.
func sureOf(seed uint64) Kind { return Kinds[seed%uint64(len(Kinds))] }

func drawFault(r *rand.Rand, k Kind, length time.Duration) *Fault {
	f := &Fault{
		Kind: k, At: evenly(r, 0, length), Skip: r.IntN(10), Commit: r.IntN(3) > 0, Number: r.IntN(400),
		For: evenly(r, time.Second, 20*time.Second),
	}
	if f.Picky = f.Commit && r.IntN(2) == 0; f.Picky {
		f.Skip = 0
	}
	return f
}
