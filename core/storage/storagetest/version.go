package storagetest

import (
	"fmt"

	"tracedge/core/storage/wire"
)

// versions: each commit has one version, greater than the one before, and its records carry it.
func versions(l *lab) {
	last := int64(0)
	for i := range 30 {
		v := l.apply(wire.CommitRequest{Puts: []wire.Put{
			{Key: l.key("a"), Doc: fmt.Sprint(i)},
			{Key: l.key(fmt.Sprintf("b/%d", i)), Doc: `true`},
		}})
		if v <= last {
			l.Fatalf("commit %d has version %d after %d", i, v, last)
		}
		last = v
		for rest, r := range l.read("a", fmt.Sprintf("b/%d", i)) {
			if r.Version != v {
				l.Fatalf("%s has version %d after the commit with %d", rest, r.Version, v)
			}
		}
	}
	if r := l.read("b/0")["b/0"]; r.Version == 0 || r.Version >= last {
		l.Fatalf("an untouched record has version %d, the newest commit %d", r.Version, last)
	}
}

// versionsSurviveDeletion: a partition that was emptied goes on from its last version.
func versionsSurviveDeletion(l *lab) {
	last := int64(0)
	for range 5 {
		for range 3 { // several at once, so that versions may run ahead of the clock
			v := l.put("a", `1`)
			if v <= last {
				l.Fatalf("version %d after %d", v, last)
			}
			last = v
		}
		v := l.delete("a")
		if v <= last {
			l.Fatalf("a deletion has version %d after %d", v, last)
		}
		last = v
	}
}

// conflicts: a commit that read something else than there is now is refused and told what moved.
func conflicts(l *lab) {
	old := l.put("a", `1`)
	b := l.put("b", `1`)
	a := l.put("a", `2`)
	write := []wire.Put{{Key: l.key("c"), Doc: `3`}}
	for _, tt := range []struct {
		name  string
		reads []wire.KeyVersion
		moved []string
	}{
		{"older", []wire.KeyVersion{{Key: l.key("a"), Version: old}}, []string{l.key("a")}},
		{"newer", []wire.KeyVersion{{Key: l.key("a"), Version: a + 1}}, []string{l.key("a")}},
		{"present, read as absent", []wire.KeyVersion{{Key: l.key("b")}}, []string{l.key("b")}},
		{"absent, read as present", []wire.KeyVersion{{Key: l.key("d"), Version: b}}, []string{l.key("d")}},
		{"one of several", []wire.KeyVersion{
			{Key: l.key("b"), Version: b}, {Key: l.key("a"), Version: old}, {Key: l.key("c")},
		}, []string{l.key("a")}},
		{"several", []wire.KeyVersion{
			{Key: l.key("b"), Version: a}, {Key: l.key("a"), Version: b}, {Key: l.key("c")},
		}, []string{l.key("a"), l.key("b")}},
	} {
		l.Logf("%s", tt.name)
		l.conflict(wire.CommitRequest{Reads: tt.reads, Puts: write}, tt.moved...)
		l.want("c", "")
	}
	l.apply(wire.CommitRequest{Puts: write, Reads: []wire.KeyVersion{
		{Key: l.key("a"), Version: a}, {Key: l.key("b"), Version: b}, {Key: l.key("c")}, {Key: l.key("d")},
	}})
	l.want("c", `3`)
}

// validation: a commit that writes nothing tells whether what was read still stands, and nothing else happens.
func validation(l *lab) {
	if reply := l.commit(wire.CommitRequest{Reads: []wire.KeyVersion{{Key: l.key("a")}}}); !reply.OK || reply.Version != 0 {
		l.Fatalf("validation in a fresh partition is answered %+v", reply)
	}
	first := l.put("a", `1`)
	last := l.put("b", `1`)
	valid := wire.CommitRequest{Token: token(), Reads: []wire.KeyVersion{{Key: l.key("a"), Version: first}}}
	for range 2 { // its token is not used up
		if reply := l.commit(valid); !reply.OK || reply.Replayed || reply.Version != last {
			l.Fatalf("validation is answered %+v, want version %d", reply, last)
		}
	}
	l.conflict(wire.CommitRequest{Reads: []wire.KeyVersion{{Key: l.key("b"), Version: first}}}, l.key("b"))
	valid.Puts = []wire.Put{{Key: l.key("c"), Doc: `1`}}
	if v := l.apply(valid); v <= last {
		l.Fatalf("version %d after %d", v, last)
	}
}

// deletes: a deleted record is absent and reads as version 0; deleting what is not there is no error.
func deletes(l *lab) {
	v := l.put("a", `1`)
	l.put("b", `1`)
	l.apply(wire.CommitRequest{
		Reads:   []wire.KeyVersion{{Key: l.key("a"), Version: v}},
		Deletes: []string{l.key("a"), l.key("missing")},
		Puts:    []wire.Put{{Key: l.key("c"), Doc: `1`}},
	})
	l.want("a", "")
	l.want("b", `1`)
	l.want("c", `1`)
	if got := l.rests(l.scan(wire.Scan{Limit: 10}).Records); fmt.Sprint(got) != "[b c]" {
		l.Fatalf("scan after deletion lists %q", got)
	}
	l.conflict(wire.CommitRequest{Reads: []wire.KeyVersion{{Key: l.key("a"), Version: v}}}, l.key("a"))
	again := l.apply(wire.CommitRequest{
		Reads: []wire.KeyVersion{{Key: l.key("a")}},
		Puts:  []wire.Put{{Key: l.key("a"), Doc: `2`}},
	})
	if again <= v {
		l.Fatalf("version %d of the new record after %d of the old one", again, v)
	}
	l.want("a", `2`)
}
