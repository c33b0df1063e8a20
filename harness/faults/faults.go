// Package faults makes calls to the sequencer fail on purpose, and counts exactly what it did, so that what the service
// records can be held against it.
//
// A fault sticks to a partition: every call to it fails alike, whatever the service retries. Which partitions are struck
// follows from a seed and their names, so a run can be repeated.
package faults

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"tracedge/harness/isolate"
)

// Kind is what happens to the calls of a partition.
type Kind string

// The kinds, and the error_kind that a request ends with when its partition is struck.
const (
	Overload Kind = "overload" // refused for load: overloaded
	Hang     Kind = "hang"     // no answer ever: database_timeout
	Lost     Kind = "lost"     // an error instead of an answer: database_timeout, once the retries are used up
	Conflict Kind = "conflict" // every commit finds that something has moved: storage_lock_timeout
	Garbage  Kind = "garbage"  // an answer that makes no sense: database_error
)

// ErrorKinds are what each kind of fault becomes.
func ErrorKinds() map[Kind]string {
	return map[Kind]string{
		Overload: "overloaded", Hang: "database_timeout", Lost: "database_timeout", Conflict: "storage_lock_timeout",
		Garbage: "database_error",
	}
}

// Plan says how often each kind strikes a partition, from 0 to 1.
type Plan map[Kind]float64

// ParsePlan reads a list like overload=2%,hang=0.1%.
func ParsePlan(text string) (Plan, error) {
	plan, sum := Plan{}, 0.0
	for part := range strings.SplitSeq(text, ",") {
		name, rate, _ := strings.Cut(strings.TrimSpace(part), "=")
		percent, err := strconv.ParseFloat(strings.TrimSuffix(rate, "%"), 64)
		if _, known := ErrorKinds()[Kind(name)]; !known || err != nil || percent < 0 || !strings.HasSuffix(rate, "%") {
			return nil, fmt.Errorf("%q is not a fault: write KIND=RATE%% with %s", part, strings.Join(Kinds(), ", "))
		}
		plan[Kind(name)] = percent / 100
		sum += percent
	}
	if sum > 100 {
		return nil, fmt.Errorf("the rates add up to more than 100%%")
	}
	return plan, nil
}

// Kinds are the names of all kinds.
func Kinds() []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(ErrorKinds())) {
		out = append(out, string(k))
	}
	return out
}

// Injector strikes partitions of one kind and counts them.
type Injector struct {
	plan   Plan
	seed   uint64
	prefix string

	mu     sync.Mutex
	struck map[string]Kind // partitions that were asked for
}

// New returns an injector for the partitions whose names begin with a prefix, such as username/.
func New(plan Plan, seed uint64, prefix string) *Injector {
	return &Injector{plan: plan, seed: seed, prefix: prefix, struck: make(map[string]Kind)}
}

// Counts are the partitions that were asked for and struck, by kind.
func (i *Injector) Counts() map[Kind]int64 {
	i.mu.Lock()
	defer i.mu.Unlock()
	out := make(map[Kind]int64)
	for _, k := range i.struck {
		out[k]++
	}
	return out
}

// Wrap is for isolate.Options.WrapCalls.
func (i *Injector) Wrap(next isolate.CallFunc) isolate.CallFunc {
	return func(call isolate.Call, reply func(isolate.Reply)) {
		switch i.strike(call.Object) {
		case Overload:
			reply(isolate.Reply{Err: &isolate.RemoteError{Name: "Error", Message: "injected: overloaded", Overloaded: true}})
		case Lost:
			reply(isolate.Reply{Err: &isolate.RemoteError{Name: "Error", Message: "injected: lost", Retryable: true}})
		case Hang:
		case Garbage:
			reply(text("{"))
		case Conflict:
			if call.Method == "commit" {
				reply(text(`{"ok":false,"error":"conflict","keys":[]}`))
				return
			}
			next(call, reply)
		default:
			next(call, reply)
		}
	}
}

// strike decides the fault of a partition and remembers it.
func (i *Injector) strike(partition string) Kind {
	if !strings.HasPrefix(partition, i.prefix) {
		return ""
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%s", i.seed, partition))
	at := float64(binary.BigEndian.Uint64(sum[:])>>11) / (1 << 53)
	for _, kind := range slices.Sorted(maps.Keys(i.plan)) {
		if at -= i.plan[kind]; at < 0 {
			i.mu.Lock()
			defer i.mu.Unlock()
			i.struck[partition] = kind
			return kind
		}
	}
	return ""
}

func text(s string) isolate.Reply {
	return isolate.Reply{Values: []isolate.Value{{Kind: isolate.String, Text: s}}}
}
