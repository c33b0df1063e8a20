package storagetest

import (
	"context"

	"tracedge/core/storage/wire"
)

// settle waits until the edge shows everything committed so far.
func (l *lab) settle() {
	l.Helper()
	if l.back.Quiesce != nil {
		l.back.Quiesce(l, l.partition)
		return
	}
	awaitReplicas(l)
}

// edge returns the replicas under whole keys.
func (l *lab) edge(keys ...string) map[string]wire.Record {
	l.Helper()
	reply, err := patiently(l.Context(), func(ctx context.Context) (wire.EdgeReply, error) {
		return l.back.Edge.Get(ctx, wire.EdgeGetRequest{Keys: keys})
	})
	if err != nil {
		l.Fatalf("edge read of %q: %v", keys, err)
	}
	found := make(map[string]wire.Record)
	for _, r := range reply.Records {
		found[r.Key] = r
	}
	return found
}

// wantEdge checks the document of a replica; "" is absence.
func (l *lab) wantEdge(key, doc string) {
	l.Helper()
	if got := l.edge(key)[key].Doc; got != doc {
		l.Fatalf("the edge shows %.80q (%d bytes) under %s, want %.80q (%d bytes)", got, len(got), key, doc, len(doc))
	}
}

// putAs writes one record replicated to a key; "" is not replicated.
func (l *lab) putAs(rest, doc, edgeKey string) int64 {
	l.Helper()
	return l.apply(wire.CommitRequest{Puts: []wire.Put{{Key: l.key(rest), Doc: doc, EdgeKey: edgeKey}}})
}

// awaitReplicas returns when the edge shows every commit that was made in the partition before. It needs nothing of the
// back end: it writes a marker into the partition and waits for its replica, twice, because the first may become visible
// while other writes of the same replication pass are still under way.
func awaitReplicas(l *lab) {
	l.Helper()
	for range 2 {
		rest := "~settled/" + token()
		l.apply(wire.CommitRequest{Puts: []wire.Put{{Key: l.key(rest), Doc: `true`, EdgeKey: l.key(rest)}}})
		l.eventually("the replica of a marker", func() bool { return len(l.edge(l.key(rest))) == 1 })
	}
}
