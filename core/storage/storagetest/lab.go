package storagetest

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"

	"tracedge/core/storage/wire"
)

// lab is one case at work: a back end and a partition that nobody else uses.
type lab struct {
	testing.TB
	back      Backend
	partition string
	id        string // random, part of the partition's name; index keys of the edge carry it
}

func newLab(t testing.TB, b Backend) *lab {
	id := strings.ToLower(rand.Text())
	l := &lab{TB: t, back: b, partition: "suite/" + id, id: id}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("back end %s, partition %s", b.Name, l.partition)
		}
	})
	return l
}

// key names a record of the lab's partition.
func (l *lab) key(rest string) string { return l.partition + "/" + rest }

// index names a replica outside the partition.
func (l *lab) index(rest string) string { return "index/" + l.id + "/" + rest }

// token is a fresh commit token.
func token() string { return rand.Text() }

// read returns the live records among the keys, by the rest of their names.
func (l *lab) read(rests ...string) map[string]wire.Record {
	l.Helper()
	keys := make([]string, len(rests))
	for i, rest := range rests {
		keys[i] = l.key(rest)
	}
	reply, err := l.tryRead(wire.ReadRequest{Keys: keys})
	if err != nil || !reply.OK {
		l.Fatalf("read is answered %+v, %v", reply, err)
	}
	found := make(map[string]wire.Record)
	for _, r := range reply.Records {
		rest, ok := strings.CutPrefix(r.Key, l.partition+"/")
		if _, twice := found[rest]; twice || !ok || !slices.Contains(rests, rest) {
			l.Fatalf("read of %q returns %q", keys, r.Key)
		}
		found[rest] = r
	}
	return found
}

// want checks the document under a key; "" is absence.
func (l *lab) want(rest, doc string) {
	l.Helper()
	if got := l.read(rest)[rest].Doc; got != doc {
		l.Fatalf("%s holds %.80q (%d bytes), want %.80q (%d bytes)", rest, got, len(got), doc, len(doc))
	}
}

// scan reads one page of the lab's partition; its prefix and after lack the partition.
func (l *lab) scan(s wire.Scan) wire.ScanReply {
	l.Helper()
	s = l.full(s)
	reply, err := l.tryRead(wire.ReadRequest{Scans: []wire.Scan{s}})
	if err != nil || !reply.OK || len(reply.Scans) != 1 {
		l.Fatalf("scan %+v is answered %+v, %v", s, reply, err)
	}
	page := reply.Scans[0]
	newest := int64(0)
	for _, r := range page.Records {
		newest = max(newest, r.Version)
	}
	if page.Count != len(page.Records) || page.Max != newest {
		l.Fatalf("scan %+v counts %d up to version %d, want %d up to %d", s, page.Count, page.Max, len(page.Records), newest)
	}
	return page
}

// full puts the partition before the names of a scan.
func (l *lab) full(s wire.Scan) wire.Scan {
	s.Prefix = l.key(s.Prefix)
	if s.After != "" {
		s.After = l.key(s.After)
	}
	return s
}

// rangeOf is the page of a scan as a commit names it.
func (l *lab) rangeOf(s wire.Scan, page wire.ScanReply) wire.Range {
	s = l.full(s)
	g := wire.Range{Prefix: s.Prefix, After: s.After, Reverse: s.Reverse, Count: page.Count, Max: page.Max}
	if page.More {
		g.Until = page.Records[len(page.Records)-1].Key
	}
	return g
}

// rests lists the records' keys without the partition.
func (l *lab) rests(records []wire.Record) []string {
	rests := make([]string, len(records))
	for i, r := range records {
		rests[i] = strings.TrimPrefix(r.Key, l.partition+"/")
	}
	return rests
}
