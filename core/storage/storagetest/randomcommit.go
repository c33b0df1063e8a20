package storagetest

import (
	"fmt"
	"slices"

	"tracedge/core/storage/wire"
)

// change commits something random, on what was read lately or long ago.
func (r *run) change() {
	req := wire.CommitRequest{Partition: r.partition, Token: token()}
	var ranges []observed
	for range r.rand.IntN(3) {
		if n := len(r.pages); n > 0 {
			o := r.pages[n-1-r.rand.IntN(min(n, 3))]
			ranges = append(ranges, o)
			req.Ranges = append(req.Ranges, o.Range)
		}
	}
	for range r.rand.IntN(3) {
		if n := len(r.reads); n > 0 && r.chance(30) {
			req.Reads = append(req.Reads, r.reads[n-1-r.rand.IntN(min(n, 10))])
		} else {
			key := r.anyKey()
			req.Reads = append(req.Reads, wire.KeyVersion{Key: key, Version: r.model.version(key)})
		}
	}
	written := make(map[string]bool)
	fresh := func(key string) bool {
		was := written[key]
		written[key] = true
		return !was
	}
	for range r.rand.IntN(4) {
		if key := r.docKey(); fresh(key) {
			doc := fmt.Sprintf(`{"seed":%d,"step":%d}`, r.seed, r.step)
			req.Puts = append(req.Puts, wire.Put{Key: key, Doc: doc, Expires: r.expires(), EdgeKey: r.edgeKey(key)})
		}
	}
	for range r.rand.IntN(3) {
		if key := r.anyKey(); fresh(key) {
			req.Deletes = append(req.Deletes, key)
		}
	}
	for range r.rand.IntN(3) {
		if key := r.numberKey(); fresh(key) {
			req.Adds = append(req.Adds, r.addition(key))
		}
	}
	r.send(req, ranges)
}

func (r *run) addition(key string) wire.Add {
	a := wire.Add{Key: key, N: int64(r.rand.IntN(21) - 10), Expires: r.expires(), EdgeKey: r.edgeKey(key)}
	if r.chance(50) {
		least := int64(-r.rand.IntN(15))
		a.Min = &least
	}
	if r.chance(50) {
		most := int64(r.rand.IntN(15))
		a.Max = &most
	}
	return a
}

// repeat sends a commit that was applied before.
func (r *run) repeat() { r.send(r.sent[r.rand.IntN(len(r.sent))], nil) }

func (r *run) send(req wire.CommitRequest, ranges []observed) {
	before := r.model.last
	got, err := r.tryCommit(req)
	if err != nil {
		r.fail("commit", req, err, nil)
	}
	want := r.model.commit(req, ranges, got.Version)
	if want.OK && !want.Replayed && r.model.last != before {
		if got.Version <= before {
			r.fail("commit", req, got.Version, fmt.Sprintf("more than version %d", before))
		}
		r.sent = append(r.sent, req)
	}
	same := got.OK == want.OK && got.Version == want.Version && got.Replayed == want.Replayed && got.Error == want.Error &&
		got.Key == want.Key && got.Value == want.Value && slices.Equal(got.Sums, want.Sums) &&
		slices.Equal(slices.Sorted(slices.Values(got.Keys)), slices.Sorted(slices.Values(want.Keys)))
	if !same {
		r.fail("commit", req, got, want)
	}
}
