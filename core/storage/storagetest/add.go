package storagetest

import (
	"fmt"

	"tracedge/core/storage/wire"
)

// add makes one bounded addition; least and most are 0 for none.
func (l *lab) add(rest string, n, least, most int64) wire.CommitReply {
	l.Helper()
	a := wire.Add{Key: l.key(rest), N: n}
	if least != 0 {
		a.Min = &least
	}
	if most != 0 {
		a.Max = &most
	}
	return l.commit(wire.CommitRequest{Adds: []wire.Add{a}})
}

// additions: a number starts at 0, takes what is added, and is a record like any other.
func additions(l *lab) {
	sum := func(rest string, n, want int64) {
		l.Helper()
		reply := l.add(rest, n, 0, 0)
		if !reply.OK || len(reply.Sums) != 1 || reply.Sums[0] != (wire.KeySum{Key: l.key(rest), Value: want}) {
			l.Fatalf("adding %d is answered %+v, want %d", n, reply, want)
		}
		l.want(rest, fmt.Sprint(want))
	}
	sum("n", 5, 5)
	sum("n", -7, -2)
	sum("n", 0, -2)
	l.put("n", `40`)
	sum("n", 2, 42)
	l.delete("n")
	sum("n", 1, 1)
	sum("zero", 0, 0)

	// Several in one commit, beside other writes, under one version.
	reply := l.commit(wire.CommitRequest{
		Puts: []wire.Put{{Key: l.key("a"), Doc: `1`}},
		Adds: []wire.Add{{Key: l.key("m"), N: 3}, {Key: l.key("n"), N: -3}},
	})
	want := []wire.KeySum{{Key: l.key("m"), Value: 3}, {Key: l.key("n"), Value: -2}}
	if !reply.OK || fmt.Sprint(reply.Sums) != fmt.Sprint(want) {
		l.Fatalf("commit is answered %+v, want sums %v", reply, want)
	}
	for rest, r := range l.read("a", "m", "n") {
		if r.Version != reply.Version {
			l.Fatalf("%s has version %d, want %d", rest, r.Version, reply.Version)
		}
	}

	// What is no number cannot be added to.
	for _, doc := range []string{`"5"`, `{}`, `1.5`, `true`, `null`, `[1]`} {
		v := l.put("n", doc)
		if reply := l.add("n", 1, 0, 0); reply.OK {
			l.Fatalf("adding to %s is answered %+v", doc, reply)
		}
		if r := l.read("n")["n"]; r.Doc != doc || r.Version != v {
			l.Fatalf("adding to %s left %+v", doc, r)
		}
	}
}

// additionBounds: a sum at a bound is in, one beyond is refused with the number as it stands.
func additionBounds(l *lab) {
	const top = wire.MaxNumber
	for _, tt := range []struct {
		from, n, least, most int64
		in                   bool
	}{
		{10, -9, 1, 0, true},
		{10, -10, 1, 0, false},
		{10, 5, 0, 15, true},
		{10, 6, 0, 15, false},
		{10, 1, 5, 15, true},
		{10, -6, 5, 15, false},
		{0, 3, 5, 0, false},
		{-10, 5, -10, -5, true},
		{-10, 6, -10, -5, false},
		{-10, -1, -10, -5, false},
		{20, -1, 0, 15, false}, // towards the bound, but not within it
		{20, 0, 0, 15, false},
		{top - 1, 1, 0, 0, true},
		{top, 1, 0, 0, false},
		{top, top, 0, 0, false},
		{top, -top, 0, 0, true},
		{-top, -1, 0, 0, false},
		{-top, -top, 0, 0, false},
		{0, top, 0, top, true},
		{0, -top, -top, 0, true},
		{-top, top, 0, 0, true},
	} {
		v := l.put("n", fmt.Sprint(tt.from))
		reply := l.add("n", tt.n, tt.least, tt.most)
		if tt.in {
			if !reply.OK || len(reply.Sums) != 1 || reply.Sums[0].Value != tt.from+tt.n {
				l.Fatalf("%+v is answered %+v", tt, reply)
			}
			l.want("n", fmt.Sprint(tt.from+tt.n))
			continue
		}
		if reply.OK || reply.Error != wire.Bound || reply.Key != l.key("n") || reply.Value != tt.from {
			l.Fatalf("%+v is answered %+v, want the bound", tt, reply)
		}
		if r := l.read("n")["n"]; r.Version != v {
			l.Fatalf("%+v left %+v", tt, r)
		}
	}
	// An absent number is 0, for the bounds too; zero is a bound.
	zero, one := int64(0), int64(1)
	fresh := wire.Add{Key: l.key("fresh"), N: -1, Min: &zero}
	if reply := l.commit(wire.CommitRequest{Adds: []wire.Add{fresh}}); reply.Error != wire.Bound || reply.Value != 0 {
		l.Fatalf("less than nothing is answered %+v", reply)
	}
	fresh = wire.Add{Key: l.key("fresh"), N: 1, Max: &zero}
	if reply := l.commit(wire.CommitRequest{Adds: []wire.Add{fresh}}); reply.Error != wire.Bound {
		l.Fatalf("more than nothing is answered %+v", reply)
	}
	l.want("fresh", "")
	fresh = wire.Add{Key: l.key("fresh"), N: 1, Min: &one, Max: &one}
	l.apply(wire.CommitRequest{Adds: []wire.Add{fresh}})
	l.want("fresh", `1`)
	// What was read is checked first.
	fresh.N = 9
	l.conflict(wire.CommitRequest{Reads: []wire.KeyVersion{{Key: l.key("n")}}, Adds: []wire.Add{fresh}}, l.key("n"))
}

// additionReplay: a repeat adds nothing and gives the sum of the first time, whatever the number has become.
func additionReplay(l *lab) {
	most := int64(10)
	req := wire.CommitRequest{Token: token(), Adds: []wire.Add{{Key: l.key("n"), N: 6, Max: &most}}}
	first := l.commit(req)
	if !first.OK || len(first.Sums) != 1 || first.Sums[0].Value != 6 {
		l.Fatalf("commit is answered %+v", first)
	}
	l.again(req, first) // applied again it would be beyond the bound
	l.add("n", 1, 0, 0)
	l.again(req, first)
	l.want("n", `7`)
}
