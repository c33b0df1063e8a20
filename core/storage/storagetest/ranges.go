package storagetest

import "tracedge/core/storage/wire"

// step is a change after a page was read.
type step func(*lab)

func puts(rest string) step    { return func(l *lab) { l.put(rest, `"new"`) } }
func removes(rest string) step { return func(l *lab) { l.delete(rest) } }

// rangeCase reads a page, makes a change, and expects the commit that names the page to be refused or not.
type rangeCase struct {
	name  string
	scan  wire.Scan
	after []step
	moved bool
}

func (l *lab) ranged(keys []string, cases []rangeCase) {
	for _, tt := range cases {
		l.replaceAll(keys)
		page := l.scan(tt.scan)
		for _, change := range tt.after {
			change(l)
		}
		req := wire.CommitRequest{
			Ranges: []wire.Range{l.rangeOf(tt.scan, page)},
			Puts:   []wire.Put{{Key: l.key("zz"), Doc: `1`}},
		}
		l.Logf("%s", tt.name)
		if tt.moved {
			l.conflict(req, l.key(tt.scan.Prefix))
			l.want("zz", "")
		} else {
			l.apply(req)
		}
	}
}

// replaceAll leaves exactly these keys in the partition.
func (l *lab) replaceAll(keys []string) {
	l.Helper()
	var req wire.CommitRequest
	for _, r := range l.scan(wire.Scan{Limit: 1000}).Records {
		req.Deletes = append(req.Deletes, r.Key)
	}
	if len(req.Deletes) > 0 {
		l.apply(req)
	}
	l.fill(keys...)
}

// phantoms: any change inside a listing that was read is a conflict, and none outside of it is.
func phantoms(l *lab) {
	all := wire.Scan{Prefix: "p/", Limit: 100}
	l.ranged([]string{"o/1", "p/b", "p/d", "p/f", "q/1"}, []rangeCase{
		{"nothing", all, nil, false},
		{"insert at the start", all, []step{puts("p/a")}, true},
		{"insert inside", all, []step{puts("p/c")}, true},
		{"insert at the end", all, []step{puts("p/~")}, true},
		{"update of the first", all, []step{puts("p/b")}, true},
		{"update of the last", all, []step{puts("p/f")}, true},
		{"delete", all, []step{removes("p/d")}, true},
		{"delete, insert of another", all, []step{removes("p/d"), puts("p/e")}, true},
		{"insert, delete of another", all, []step{puts("p/e"), removes("p/d")}, true},
		{"delete, insert of the same", all, []step{removes("p/d"), puts("p/d")}, true},
		{"delete of all, insert of as many", all, []step{
			removes("p/b"), removes("p/d"), removes("p/f"), puts("p/1"), puts("p/2"), puts("p/3"),
		}, true},
		{"insert, delete of the same", all, []step{puts("p/c"), removes("p/c")}, false},
		{"before and behind", all, []step{puts("o/1"), puts("o/2"), puts("p"), puts("p0"), removes("q/1")}, false},
		{"delete of what is missing", all, []step{removes("p/c")}, false},
		{"backwards: insert", wire.Scan{Prefix: "p/", Limit: 100, Reverse: true}, []step{puts("p/c")}, true},
		{"backwards: outside", wire.Scan{Prefix: "p/", Limit: 100, Reverse: true}, []step{puts("o/3"), puts("q/0")}, false},
		{"whole partition", wire.Scan{Limit: 100}, []step{puts("new")}, true},
	})
}

// rangeOfNothing: that a listing was empty is a fact like any other.
func rangeOfNothing(l *lab) {
	none := wire.Scan{Prefix: "p/", Limit: 1}
	l.ranged(nil, []rangeCase{
		{"nothing", none, nil, false},
		{"insert", none, []step{puts("p/a")}, true},
		{"insert and delete", none, []step{puts("p/a"), removes("p/a")}, false},
		{"outside", none, []step{puts("p"), puts("q/a")}, false},
		{"behind after", wire.Scan{Prefix: "p/", After: "p/m", Limit: 5}, []step{puts("p/n")}, true},
		{"at after", wire.Scan{Prefix: "p/", After: "p/m", Limit: 5}, []step{puts("p/m")}, false},
		{"backwards before after", wire.Scan{Prefix: "p/", After: "p/m", Limit: 5, Reverse: true}, []step{puts("p/a")}, true},
		{"backwards behind after", wire.Scan{Prefix: "p/", After: "p/m", Limit: 5, Reverse: true}, []step{puts("p/n")}, false},
	})
	l.conflict(wire.CommitRequest{Ranges: []wire.Range{{Prefix: l.key("p/")}, {Prefix: l.key("r/")}}}, l.key("p/"))
}

// rangeOfPartialPage: a page covers what lies beyond its after, up to and including its last record, and no more. A page
// that is the last covers everything to the end.
func rangeOfPartialPage(l *lab) {
	up := wire.Scan{Prefix: "p/", After: "p/b", Limit: 2} // d f
	down := wire.Scan{Prefix: "p/", After: "p/h", Limit: 2, Reverse: true}
	last := wire.Scan{Prefix: "p/", After: "p/d", Limit: 2} // f h
	lastDown := wire.Scan{Prefix: "p/", After: "p/f", Limit: 2, Reverse: true}
	l.ranged([]string{"p/b", "p/d", "p/f", "p/h"}, []rangeCase{
		{"up: at after", up, []step{puts("p/b")}, false},
		{"up: before", up, []step{puts("p/a"), removes("p/b")}, false},
		{"up: just beyond after", up, []step{puts("p/b!")}, true},
		{"up: inside", up, []step{puts("p/e")}, true},
		{"up: the last record", up, []step{puts("p/f")}, true},
		{"up: the last record deleted", up, []step{removes("p/f")}, true},
		{"up: just beyond the last record", up, []step{puts("p/f!")}, false},
		{"up: the next record", up, []step{removes("p/h")}, false},
		{"down: at after", down, []step{puts("p/h")}, false},
		{"down: beyond", down, []step{puts("p/i"), removes("p/h")}, false},
		{"down: inside", down, []step{puts("p/g")}, true},
		{"down: the last record", down, []step{puts("p/d")}, true},
		{"down: just inside the last record", down, []step{puts("p/d!")}, true},
		{"down: before the last record", down, []step{puts("p/c"), removes("p/b")}, false},
		{"last: behind", last, []step{puts("p/~")}, true},
		{"last: before", last, []step{puts("p/d"), puts("p/a")}, false},
		{"last down: before", lastDown, []step{puts("p/!")}, true},
		{"last down: behind", lastDown, []step{puts("p/f"), puts("p/g")}, false},
	})
}
