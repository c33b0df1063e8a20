package storagetest

import (
	"fmt"
	"time"

	"tracedge/core/storage/wire"
)

// replicasExpire: a replica goes at its time, though KV itself would keep it for a minute at least.
func replicasExpire(l *lab) {
	key, gone, last := l.index("brief"), l.index("gone"), l.index("last")
	life := l.life()
	if l.back.Slow {
		life = 4 * time.Second // replication takes its time
	}
	l.putAs("gone", `0`, gone)
	l.putAs("last", `0`, last)
	x := l.whileLive(life, func(x int64) {
		l.apply(wire.CommitRequest{Puts: []wire.Put{
			{Key: l.key("brief"), Doc: `1`, Expires: x, EdgeKey: key},
			{Key: l.key("gone"), Doc: `1`, Expires: 1, EdgeKey: gone},
		}})
		l.settle()
	}, func(x int64) error {
		if r := l.edge(key)[key]; r.Doc != `1` || r.Expires != x {
			return fmt.Errorf("the edge shows %+v, to expire at %d", r, x)
		}
		return nil
	})
	l.wantEdge(gone, "")
	l.passes(x)
	l.wantEdge(key, "")
	for _, limit := range []int{1, 10} { // by 1, what has expired would be a page of its own
		if got := l.edgePages(l.index(""), limit); len(got) != 1 || got[0].Key != last {
			l.Fatalf("edge pages of %d after expiry are %+v", limit, got)
		}
	}
	l.putAs("brief", `2`, key)
	l.settle()
	l.wantEdge(key, `2`)
}

// replicasLarge: a document of the greatest size is replicated whole.
func replicasLarge(l *lab) {
	doc := `"大` + text("m", wire.MaxDoc-3)[1:]
	l.putAs("large", doc, l.key("large"))
	l.settle()
	l.wantEdge(l.key("large"), doc)
}
