package storagetest

import (
	"fmt"
	"strconv"
	"strings"

	"tracedge/core/storage/wire"
)

// replicas: a record is shown at the edge under the key it names, with its version and expiry, and only if it names one.
func replicas(l *lab) {
	later := l.now() + 3_600_000
	doc := "{\"nome\":\"São \u2028 🌱 \\u0000 \\\"x\\\"\"}"
	version := l.apply(wire.CommitRequest{
		Puts: []wire.Put{
			{Key: l.key("own"), Doc: doc, EdgeKey: l.key("own"), Expires: later},
			{Key: l.key("alias"), Doc: `2`, EdgeKey: l.index("alias")},
			{Key: l.key("private"), Doc: `3`},
			{Key: l.key("far"), Doc: `6`, EdgeKey: l.key("far"), Expires: forever}, // later than KV can be told
			{Key: l.key("long"), Doc: `4`, EdgeKey: l.index("long/") + strings.Repeat("k", wire.MaxKey-len(l.index("long/")))},
		},
		Adds: []wire.Add{{Key: l.key("n"), N: 5, EdgeKey: l.index("n")}},
	})
	if r := l.read("alias")["alias"]; r.EdgeKey != l.index("alias") {
		l.Fatalf("a replicated record is read as %+v", r)
	}
	l.settle()
	long := l.read("long")["long"].EdgeKey
	found := l.edge(l.key("own"), l.index("alias"), l.key("private"), l.key("alias"), l.index("n"), l.key("far"), long)
	want := map[string]wire.Record{
		l.key("own"):     {Key: l.key("own"), Version: version, Doc: doc, Expires: later},
		l.index("alias"): {Key: l.index("alias"), Version: version, Doc: `2`},
		l.key("far"):     {Key: l.key("far"), Version: version, Doc: `6`, Expires: forever},
		l.index("n"):     {Key: l.index("n"), Version: version, Doc: `5`},
		long:             {Key: long, Version: version, Doc: `4`},
	}
	if fmt.Sprint(found) != fmt.Sprint(want) { // maps print in order of their keys
		l.Fatalf("the edge shows %+v, want %+v", found, want)
	}
}

// replicasMove: a record that is replicated elsewhere, or no longer, leaves nothing under its old key.
func replicasMove(l *lab) {
	a, b := l.index("move/a"), l.index("move/b")
	l.putAs("m", `1`, a)
	l.putAs("d", `1`, l.key("d"))
	l.settle()
	l.wantEdge(a, `1`)
	l.putAs("m", `2`, b)
	l.putAs("d", `2`, "")
	l.settle()
	l.wantEdge(a, "")
	l.wantEdge(b, `2`)
	l.wantEdge(l.key("d"), "")
	l.want("d", `2`)
	for i, to := range []string{a, b, a, "", b} { // faster than it is replicated
		l.putAs("m", strconv.Itoa(3+i), to)
	}
	l.putAs("d", `3`, l.key("d"))
	l.settle()
	l.wantEdge(a, "")
	l.wantEdge(b, `7`)
	l.wantEdge(l.key("d"), `3`)
	// An addition names its replica like any write.
	l.add("m", 1, 0, 0)
	l.settle()
	l.wantEdge(b, "")
	l.want("m", `8`)
}

// replicasHandedOver: a key of the edge can go from one record to another.
func replicasHandedOver(l *lab) {
	at := l.index("hand")
	l.putAs("a", `"a"`, at)
	l.settle()
	l.wantEdge(at, `"a"`)
	l.apply(wire.CommitRequest{Puts: []wire.Put{{Key: l.key("b"), Doc: `"b"`, EdgeKey: at}, {Key: l.key("a"), Doc: `"a"`}}})
	l.settle()
	l.wantEdge(at, `"b"`)
	l.apply(wire.CommitRequest{Puts: []wire.Put{{Key: l.key("c"), Doc: `"c"`, EdgeKey: at}}, Deletes: []string{l.key("b")}})
	l.settle()
	l.wantEdge(at, `"c"`)
	l.delete("c")
	l.putAs("a", `"a"`, at)
	l.settle()
	l.wantEdge(at, `"a"`)
}

// replicasDeleted: a deleted record goes from the edge, and one that is written again comes back.
func replicasDeleted(l *lab) {
	own, alias := l.key("own"), l.index("deleted")
	write := func(doc string) {
		l.apply(wire.CommitRequest{Puts: []wire.Put{
			{Key: own, Doc: doc, EdgeKey: own}, {Key: l.key("alias"), Doc: doc, EdgeKey: alias},
		}})
	}
	remove := func() { l.apply(wire.CommitRequest{Deletes: []string{own, l.key("alias")}}) }
	write(`1`)
	l.settle()
	l.wantEdge(own, `1`)
	l.wantEdge(alias, `1`)
	remove()
	l.settle()
	l.wantEdge(own, "")
	l.wantEdge(alias, "")
	write(`2`)
	remove()
	write(`3`)
	l.settle()
	l.wantEdge(own, `3`)
	l.wantEdge(alias, `3`)
	write(`4`)
	remove()
	l.settle()
	l.wantEdge(own, "")
	l.wantEdge(alias, "")
}
