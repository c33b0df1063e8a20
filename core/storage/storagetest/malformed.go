package storagetest

import (
	"fmt"
	"slices"
	"strings"

	"tracedge/core/storage/wire"
)

// badKeys are no keys of the partition.
func (l *lab) badKeys() map[string]string {
	return map[string]string{
		"empty":             "",
		"the partition":     l.partition,
		"another partition": "suite/other/a",
		"a longer id":       l.partition + "1/a",
		"a shorter id":      l.partition[:len(l.partition)-1] + "/a",
		"upper case":        strings.ToUpper(l.partition) + "/a",
		"a space":           l.key("a b"),
		"a control":         l.key("a\n"),
		"a null":            l.key("a\x00"),
		"delete":            l.key("a\x7f"),
		"not ASCII":         l.key("é"),
		"too long":          l.key(l.pad("a", wire.MaxKey+1)),
	}
}

// malformedReads: a read that is not of the protocol is refused as such.
func malformedReads(l *lab) {
	l.put("a", `1`)
	refused := func(name string, req wire.ReadRequest) {
		l.Helper()
		reply, err := l.tryRead(req)
		if err != nil || reply.OK || reply.Error != wire.Invalid || len(reply.Records)+len(reply.Scans) != 0 {
			l.Errorf("%s: read is answered %+v, %v", name, reply, err)
		}
	}
	for _, partition := range []string{"suite/a b", "suite/é", "suite/\x7f", "suite/" + strings.Repeat("p", wire.MaxKey)} {
		refused("partition "+partition, wire.ReadRequest{Partition: partition, Keys: []string{partition + "/a"}})
	}
	for name, key := range l.badKeys() {
		refused("key is "+name, wire.ReadRequest{Keys: []string{l.key("a"), key}})
		refused("prefix is "+name, wire.ReadRequest{Scans: []wire.Scan{{Prefix: key, Limit: 1}}})
	}
	for _, limit := range []int{0, -1, wire.MaxScan + 1} {
		refused(fmt.Sprint("limit ", limit), wire.ReadRequest{
			Keys: []string{l.key("a")}, Scans: []wire.Scan{{Prefix: l.key("a"), Limit: limit}},
		})
	}
}

// malformedCommits: a commit that is not of the protocol is refused as such and changes nothing, however good the rest
// of it.
func malformedCommits(l *lab) {
	version := l.apply(wire.CommitRequest{Puts: []wire.Put{
		{Key: l.key("a"), Doc: `1`}, {Key: l.key("d"), Doc: `1`}, {Key: l.key("n"), Doc: `1`},
	}})
	refused := func(name string, spoil func(*wire.CommitRequest)) {
		l.Helper()
		req := wire.CommitRequest{
			Reads:   []wire.KeyVersion{{Key: l.key("a"), Version: version}},
			Ranges:  []wire.Range{{Prefix: l.key("d"), Count: 1, Max: version}},
			Puts:    []wire.Put{{Key: l.key("a"), Doc: `2`}, {Key: l.key("b"), Doc: `2`, EdgeKey: l.key("b")}},
			Deletes: []string{l.key("d")},
			Adds:    []wire.Add{{Key: l.key("n"), N: 1}, {Key: l.key("m"), N: 1}},
		}
		spoil(&req)
		if reply := l.commit(req); reply.OK || reply.Error != wire.Invalid || reply.Version != 0 {
			l.Errorf("%s: commit is answered %+v", name, reply)
		}
	}
	for _, t := range []string{
		"short-0123456789"[:15], strings.Repeat("t", 65), "0123456789abcde/", "0123456789abcdef ", "0123456789abcdéf", "0123456789abcdef\n",
	} {
		refused(fmt.Sprintf("token %q", t), func(r *wire.CommitRequest) { r.Token = t })
	}
	for name, key := range l.badKeys() {
		refused("read of "+name, func(r *wire.CommitRequest) { r.Reads = append(r.Reads, wire.KeyVersion{Key: key}) })
		refused("range of "+name, func(r *wire.CommitRequest) { r.Ranges = append(r.Ranges, wire.Range{Prefix: key}) })
		refused("put of "+name, func(r *wire.CommitRequest) { r.Puts = append(r.Puts, wire.Put{Key: key, Doc: `1`}) })
		refused("deletion of "+name, func(r *wire.CommitRequest) { r.Deletes = append(r.Deletes, key) })
		refused("addition to "+name, func(r *wire.CommitRequest) { r.Adds = append(r.Adds, wire.Add{Key: key}) })
	}
	for _, key := range []string{"a b", "é", "a\n", strings.Repeat("k", wire.MaxKey+1)} {
		refused(fmt.Sprintf("edge key %.20q", key), func(r *wire.CommitRequest) { r.Puts[0].EdgeKey = key })
		refused(fmt.Sprintf("edge key %.20q of an addition", key), func(r *wire.CommitRequest) { r.Adds[0].EdgeKey = key })
	}
	for _, key := range []string{"a", "b", "d", "n"} {
		twice := l.key(key)
		refused("put twice: "+key, func(r *wire.CommitRequest) { r.Puts = append(r.Puts, wire.Put{Key: twice, Doc: `3`}) })
		refused("deleted twice: "+key, func(r *wire.CommitRequest) { r.Deletes = append(r.Deletes, twice) })
		refused("added to twice: "+key, func(r *wire.CommitRequest) { r.Adds = append(r.Adds, wire.Add{Key: twice, N: 1}) })
	}
	refused("negative version", func(r *wire.CommitRequest) { r.Reads[0].Version = -1 })
	refused("negative count", func(r *wire.CommitRequest) { r.Ranges[0].Count = -1 })
	refused("document too large", func(r *wire.CommitRequest) { r.Puts[1].Doc = text("m", wire.MaxDoc+1) })
	for _, n := range []int64{wire.MaxNumber + 1, -wire.MaxNumber - 1, 1 << 62} {
		refused(fmt.Sprint("addition of ", n), func(r *wire.CommitRequest) { r.Adds[0].N = n })
		refused(fmt.Sprint("least ", n), func(r *wire.CommitRequest) { r.Adds[0].Min = &n })
		refused(fmt.Sprint("most ", n), func(r *wire.CommitRequest) { r.Adds[1].Max = &n })
	}
	page := l.scan(wire.Scan{Limit: 10})
	if got := l.rests(page.Records); !slices.Equal(got, []string{"a", "d", "n"}) || page.Max != version {
		l.Fatalf("refused commits left %+v", page)
	}
	if reply := l.commit(wire.CommitRequest{}); !reply.OK || reply.Version != version {
		l.Fatalf("the last version is told as %+v, want %d", reply, version)
	}
}
