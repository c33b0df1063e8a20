package storagetest

import (
	"context"
	"fmt"
	"slices"

	"tracedge/core/storage/wire"
)

// edgePages reads a listing of the edge to its end.
func (l *lab) edgePages(prefix string, limit int) []wire.Record {
	l.Helper()
	var all []wire.Record
	for cursor := ""; ; {
		reply, err := patiently(l.Context(), func(ctx context.Context) (wire.EdgeReply, error) {
			return l.back.Edge.Scan(ctx, wire.EdgeScanRequest{Prefix: prefix, Cursor: cursor, Limit: limit})
		})
		if err != nil || len(reply.Records) > limit {
			l.Fatalf("edge scan by %d returns %d records, %v", limit, len(reply.Records), err)
		}
		all = append(all, reply.Records...)
		if cursor = reply.Cursor; cursor == "" {
			return all
		}
		if len(reply.Records) == 0 {
			l.Fatalf("edge scan by %d returns an empty page that is not the last", limit)
		}
	}
}

// edgeScan: a listing of the edge spans partitions, in key order, page by page.
func edgeScan(l *lab) {
	const each = 9
	var want []string
	for p := range 3 {
		req := wire.CommitRequest{Partition: fmt.Sprintf("%s-%d", l.partition, p)}
		for i := range each {
			key := l.index(fmt.Sprintf("list/%d/%d", i, p))
			req.Puts = append(req.Puts, wire.Put{
				Key: fmt.Sprintf("%s/%d", req.Partition, i), Doc: fmt.Sprintf(`{"p":%d,"i":%d}`, p, i), EdgeKey: key,
			})
			want = append(want, key+" "+req.Puts[i].Doc)
		}
		l.apply(req)
		other := *l
		other.partition = req.Partition
		other.settle()
	}
	slices.Sort(want)
	for _, limit := range []int{1000, 27, 10, 4} {
		var got []string
		for _, r := range l.edgePages(l.index("list/"), limit) {
			got = append(got, r.Key+" "+r.Doc)
		}
		if !slices.Equal(got, want) {
			l.Fatalf("edge pages of %d are %q, want %q", limit, got, want)
		}
	}
	if got := l.edgePages(l.index("list/4/"), 2); len(got) != 3 {
		l.Fatalf("edge scan of a narrower prefix returns %+v", got)
	}
	if got := l.edgePages(l.index("none/"), 2); len(got) != 0 {
		l.Fatalf("edge scan of nothing returns %+v", got)
	}
	if got := l.edge(); len(got) != 0 {
		l.Fatalf("edge read of nothing returns %+v", got)
	}
}

// edgeMalformed: a request beyond the limits is an error, one at the limit is not.
func edgeMalformed(l *lab) {
	keys := make([]string, wire.MaxEdgeKeys+1)
	for i := range keys {
		keys[i] = l.index(fmt.Sprint(i))
	}
	if found := l.edge(keys[1:]...); len(found) != 0 {
		l.Fatalf("edge read of missing keys returns %+v", found)
	}
	if reply, err := l.back.Edge.Get(l.Context(), wire.EdgeGetRequest{Keys: keys}); err == nil {
		l.Errorf("edge read of %d keys is answered %+v", len(keys), reply)
	}
	for _, limit := range []int{0, -1, wire.MaxScan + 1} {
		if reply, err := l.back.Edge.Scan(l.Context(), wire.EdgeScanRequest{Prefix: l.index(""), Limit: limit}); err == nil {
			l.Errorf("edge scan of limit %d is answered %+v", limit, reply)
		}
	}
}
