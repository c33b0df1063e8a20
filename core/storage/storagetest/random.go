package storagetest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"tracedge/core/storage/wire"
)

// randomRun: over long runs of random calls a back end does what the model does. Seeds are fixed; a failure names seed
// and step, and the calls up to it are the same in every run.
func randomRun(l *lab) {
	seeds, steps := 8, 1500
	if l.back.Slow {
		seeds, steps = 3, 250
	}
	runs := make([]*run, seeds)
	for seed := range seeds {
		r := &run{lab: *l, seed: seed, model: newModel(), shown: make(map[string]string), rand: rand.New(rand.NewPCG(uint64(seed), 0))}
		r.partition = fmt.Sprintf("%s-%d", l.partition, seed)
		for r.step = range steps {
			r.next()
		}
		runs[seed] = r
	}
	for _, r := range runs {
		r.settle()
		r.compareEdge()
	}
}

// run is one sequence of random calls.
type run struct {
	lab
	seed, step int
	model      *model
	rand       *rand.Rand
	pages      []observed           // read before, oldest first
	reads      []wire.KeyVersion    // read before
	sent       []wire.CommitRequest // applied before, to be repeated
	shown      map[string]string    // by edge key that was ever named, the key of its record
}

func (r *run) next() {
	switch n := r.rand.IntN(100); {
	case n < 15:
		r.get()
	case n < 35:
		r.list()
	case n < 40 && len(r.sent) > 0:
		r.repeat()
	default:
		r.change()
	}
}

func (r *run) chance(percent int) bool { return r.rand.IntN(100) < percent }

// Records under letters hold documents, those under n hold numbers. There are few keys, so that calls meet.
func (r *run) docKey() string {
	return r.key(fmt.Sprintf("%c/%c", 'a'+r.rand.IntN(3), 'a'+r.rand.IntN(6)))
}

func (r *run) numberKey() string { return r.key(fmt.Sprintf("n/%d", r.rand.IntN(4))) }

func (r *run) anyKey() string {
	if r.chance(20) {
		return r.numberKey()
	}
	return r.docKey()
}

// edgeKey is one that only the record under key uses.
func (r *run) edgeKey(key string) string {
	if r.chance(40) {
		return ""
	}
	edgeKey := key
	if r.chance(60) {
		edgeKey = r.index(fmt.Sprintf("%d/%d/%s", r.seed, r.rand.IntN(2), key[len(r.partition)+1:]))
	}
	r.shown[edgeKey] = key
	return edgeKey
}

func (r *run) expires() int64 {
	switch {
	case r.chance(10):
		return expired
	case r.chance(10):
		return forever
	default:
		return 0
	}
}

func (r *run) fail(what string, call, got, want any) {
	r.Helper()
	r.Fatalf("seed %d, step %d: %s %+v\n got %+v\nwant %+v", r.seed, r.step, what, call, got, want)
}

func (r *run) get() {
	keys := make([]string, 1+r.rand.IntN(4))
	for i := range keys {
		keys[i] = r.anyKey()
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	reply, err := r.tryRead(wire.ReadRequest{Partition: r.partition, Keys: keys})
	var want []wire.Record
	for _, key := range keys {
		if record, ok := r.model.records[key]; ok {
			want = append(want, record)
		}
		r.reads = append(r.reads, wire.KeyVersion{Key: key, Version: r.model.version(key)})
	}
	slices.SortFunc(reply.Records, func(a, b wire.Record) int { return strings.Compare(a.Key, b.Key) })
	if err != nil || !reply.OK || !slices.Equal(reply.Records, want) {
		r.fail("read", keys, reply, want)
	}
}

func (r *run) list() {
	s := wire.Scan{Limit: 1 + r.rand.IntN(6), Reverse: r.chance(50)}
	s.Prefix = r.key([]string{"", "a/", "b/", "c/", "n/", "a/b", "d/"}[r.rand.IntN(7)])
	if r.chance(20) {
		s.Limit = 100
	}
	if r.chance(40) {
		s.After = r.anyKey()
	}
	reply, err := r.tryRead(wire.ReadRequest{Partition: r.partition, Scans: []wire.Scan{s}})
	want := r.model.page(s)
	if err != nil || !reply.OK || len(reply.Scans) != 1 {
		r.fail("scan", s, reply, want)
	}
	got := reply.Scans[0]
	if !slices.Equal(got.Records, want.Records) || got.More != want.More || got.Count != want.Count || got.Max != want.Max {
		r.fail("scan", s, got, want)
	}
	o := observed{Range: wire.Range{Prefix: s.Prefix, After: s.After, Reverse: s.Reverse, Count: got.Count, Max: got.Max}}
	o.held = got.Records
	if got.More {
		o.Until = got.Records[got.Count-1].Key
	}
	r.pages = append(r.pages, o)
}

// compareEdge checks every edge key that was ever named against the records.
func (r *run) compareEdge() {
	for keys := range slices.Chunk(slices.Sorted(maps.Keys(r.shown)), wire.MaxEdgeKeys) {
		found := r.edge(keys...)
		for _, edgeKey := range keys {
			var want wire.Record
			if record := r.model.records[r.shown[edgeKey]]; record.EdgeKey == edgeKey {
				want = wire.Record{Key: edgeKey, Version: record.Version, Doc: record.Doc, Expires: record.Expires}
			}
			if found[edgeKey] != want {
				r.fail("edge", edgeKey, found[edgeKey], want)
			}
		}
	}
}
