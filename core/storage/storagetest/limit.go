package storagetest

import (
	"strings"

	"tracedge/core/storage/wire"
)

// pad lengthens the rest of a key until the whole key has n bytes.
func (l *lab) pad(rest string, n int) string {
	return rest + strings.Repeat("k", n-len(l.key(rest)))
}

// longKeys: keys up to the limit work everywhere, one byte more is refused everywhere.
func longKeys(l *lab) {
	for _, n := range []int{500, wire.MaxKey} {
		a, b := l.pad("long/a", n), l.pad("long/b", n)
		v := l.apply(wire.CommitRequest{
			Reads: []wire.KeyVersion{{Key: l.key(a)}},
			Puts:  []wire.Put{{Key: l.key(a), Doc: `1`}},
			Adds:  []wire.Add{{Key: l.key(b), N: 1}},
		})
		l.want(a, `1`)
		l.want(b, `1`)
		for _, tt := range []struct {
			scan wire.Scan
			want string
		}{
			{wire.Scan{Prefix: "long/", After: a, Limit: 9}, b},
			{wire.Scan{Prefix: "long/", After: b, Limit: 9, Reverse: true}, a},
			{wire.Scan{Prefix: b, Limit: 9}, b},
		} {
			if got := l.rests(l.scan(tt.scan).Records); len(got) != 1 || got[0] != tt.want {
				l.Fatalf("scan with names of %d bytes lists %q", n, got)
			}
		}
		page := wire.Range{Prefix: l.key("long/"), Until: l.key(a), Count: 1, Max: v}
		l.apply(wire.CommitRequest{Ranges: []wire.Range{page}, Deletes: []string{l.key(a), l.key(b)}})
	}
	long := l.key(l.pad("long/a", wire.MaxKey+1))
	for name, req := range map[string]wire.CommitRequest{
		"put":      {Puts: []wire.Put{{Key: long, Doc: `1`}}},
		"delete":   {Deletes: []string{long}},
		"add":      {Adds: []wire.Add{{Key: long, N: 1}}},
		"read":     {Reads: []wire.KeyVersion{{Key: long}}},
		"range":    {Ranges: []wire.Range{{Prefix: long}}},
		"edge key": {Puts: []wire.Put{{Key: l.key("a"), Doc: `1`, EdgeKey: long}}},
	} {
		if reply := l.commit(req); reply.OK || reply.Error != wire.Invalid {
			l.Errorf("%s of %d bytes is answered %+v", name, len(long), reply)
		}
	}
	if reply, err := l.tryRead(wire.ReadRequest{Keys: []string{long}}); err != nil || reply.OK || reply.Error != wire.Invalid {
		l.Errorf("a read of a key of %d bytes is answered %+v, %v", len(long), reply, err)
	}
	l.want("a", "")
}

// largeDocuments: up to the limit in bytes of UTF-8 a document is kept, however its characters are spread; one byte more
// is refused, however few characters it has.
func largeDocuments(l *lab) {
	for _, tt := range []struct{ name, doc string }{
		{"1 MiB", text("m", 1<<20)},
		{"ASCII", text("m", wire.MaxDoc)},
		{"two bytes each", text("é", wire.MaxDoc)},
		{"three bytes each", text("大", wire.MaxDoc)},
		{"four bytes each", text("🌱", wire.MaxDoc)},
		{"ASCII with one other", `"大` + text("m", wire.MaxDoc-3)[1:]},
		{"line separators", text("\u2028", wire.MaxDoc)},
	} {
		l.Logf("%s: %d bytes", tt.name, len(tt.doc))
		v := l.put("large", tt.doc)
		l.want("large", tt.doc)
		if page := l.scan(wire.Scan{Prefix: "large", Limit: 1}); page.Count != 1 || page.Records[0].Doc != tt.doc {
			l.Fatalf("the scan differs: %d records up to version %d", page.Count, page.Max)
		}
		for _, more := range []string{tt.doc + " ", `"é` + tt.doc[1:]} {
			if len(more) <= wire.MaxDoc {
				continue
			}
			reply := l.commit(wire.CommitRequest{Puts: []wire.Put{
				{Key: l.key("small"), Doc: `1`}, {Key: l.key("large"), Doc: more},
			}})
			if reply.OK || reply.Error != wire.Invalid {
				l.Fatalf("a document of %d bytes is answered %+v", len(more), reply)
			}
		}
		if r := l.read("large")["large"]; r.Version != v || len(r.Doc) != len(tt.doc) {
			l.Fatalf("a refused document left version %d of %d bytes, want %d", r.Version, len(r.Doc), v)
		}
	}
	l.want("small", "")
}
