package storagetest

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"tracedge/core/storage/wire"
)

// model is what a partition should hold, written for plainness: it keeps no versions of ranges and no expired records,
// and tells a changed range by comparing what it held with what it holds. Its records expire at once or not at all.
type model struct {
	last    int64
	records map[string]wire.Record
	applied map[string]wire.CommitReply // by token
}

func newModel() *model {
	return &model{records: make(map[string]wire.Record), applied: make(map[string]wire.CommitReply)}
}

// version of the record under a key, 0 when there is none.
func (m *model) version(key string) int64 { return m.records[key].Version }

// within lists the records of a range in its direction.
func (m *model) within(prefix, after, until string, reverse bool) []wire.Record {
	beyond := func(a, b string) bool { return a > b && !reverse || a < b && reverse }
	var found []wire.Record
	for _, key := range slices.Sorted(maps.Keys(m.records)) {
		if strings.HasPrefix(key, prefix) && (after == "" || beyond(key, after)) && (until == "" || !beyond(key, until)) {
			found = append(found, m.records[key])
		}
	}
	if reverse {
		slices.Reverse(found)
	}
	return found
}

// page is what a scan should return.
func (m *model) page(s wire.Scan) wire.ScanReply {
	page := wire.ScanReply{Records: m.within(s.Prefix, s.After, "", s.Reverse)}
	if page.More = len(page.Records) > s.Limit; page.More {
		page.Records = page.Records[:s.Limit]
	}
	page.Count = len(page.Records)
	for _, r := range page.Records {
		page.Max = max(page.Max, r.Version)
	}
	return page
}

// observed is a page as it was when it was read.
type observed struct {
	wire.Range
	held []wire.Record
}

func (m *model) moved(o observed) bool {
	return !slices.Equal(m.within(o.Prefix, o.After, o.Until, o.Reverse), o.held)
}

// commit returns the reply that a commit should have, with version for what is decided now, and takes it in. ranges
// are those of the request.
func (m *model) commit(req wire.CommitRequest, ranges []observed, version int64) wire.CommitReply {
	if reply, ok := m.applied[req.Token]; ok {
		reply.Replayed = true
		return reply
	}
	var moved []string
	for _, read := range req.Reads {
		if m.version(read.Key) != read.Version {
			moved = append(moved, read.Key)
		}
	}
	for _, o := range ranges {
		if m.moved(o) {
			moved = append(moved, o.Prefix)
		}
	}
	if moved != nil {
		return wire.CommitReply{Error: wire.Conflict, Keys: moved}
	}
	var sums []wire.KeySum
	for _, a := range req.Adds {
		value, _ := strconv.ParseInt(m.records[a.Key].Doc, 10, 64) // absent is 0
		if a.Min != nil && value+a.N < *a.Min || a.Max != nil && value+a.N > *a.Max {
			return wire.CommitReply{Error: wire.Bound, Key: a.Key, Value: value}
		}
		sums = append(sums, wire.KeySum{Key: a.Key, Value: value + a.N})
	}
	if len(req.Puts)+len(req.Deletes)+len(req.Adds) == 0 {
		return wire.CommitReply{OK: true, Version: m.last}
	}
	m.last = version
	for _, p := range req.Puts {
		m.write(wire.Record{Key: p.Key, Version: version, Doc: p.Doc, Expires: p.Expires, EdgeKey: p.EdgeKey})
	}
	for _, key := range req.Deletes {
		delete(m.records, key)
	}
	for i, a := range req.Adds {
		doc := strconv.FormatInt(sums[i].Value, 10)
		m.write(wire.Record{Key: a.Key, Version: version, Doc: doc, Expires: a.Expires, EdgeKey: a.EdgeKey})
	}
	m.applied[req.Token] = wire.CommitReply{OK: true, Version: version, Sums: sums}
	return m.applied[req.Token]
}

func (m *model) write(r wire.Record) {
	if r.Expires == expired {
		delete(m.records, r.Key)
	} else {
		m.records[r.Key] = r
	}
}

// The only expiries that a model knows: long ago, and long after any run (the year 2255).
const (
	expired = 1
	forever = 9_000_000_000_000
)
