package memory

import (
	"fmt"
	"strconv"

	"tracedge/core/storage/wire"
)

// commit decides a well-formed request and applies it, in the order of the protocol: token, what was read, additions,
// writes.
func (p *partition) commit(req wire.CommitRequest, now int64) wire.CommitReply {
	p.log.forget(now - tokenLife)
	if reply, ok := p.log.find(req.Token); ok {
		return reply
	}
	if moved := p.moved(req, now); len(moved) > 0 {
		return wire.CommitReply{Error: wire.Conflict, Keys: moved}
	}
	sums, refused := p.sums(req.Adds, now)
	if refused != nil {
		return *refused
	}
	if len(req.Puts)+len(req.Deletes)+len(req.Adds) == 0 {
		return wire.CommitReply{OK: true, Version: p.last}
	}
	p.last = max(p.last+1, now)
	p.apply(req, sums)
	p.purge(now)
	reply := wire.CommitReply{OK: true, Version: p.last, Sums: sums}
	p.log.add(req.Token, reply, now)
	return reply
}

// moved lists the keys and the prefixes of ranges that are not as they were read.
func (p *partition) moved(req wire.CommitRequest, now int64) []string {
	var moved []string
	for _, read := range req.Reads {
		// The zero record of an absent key has version 0, as the protocol says it.
		if r, ok := p.get(read.Key, now); ok && r.Version != read.Version || !ok && read.Version != 0 {
			moved = append(moved, read.Key)
		}
	}
	for _, g := range req.Ranges {
		if !p.unchanged(g, now) {
			moved = append(moved, g.Prefix)
		}
	}
	return moved
}

// sums computes the new numbers, or the reply that refuses the first addition which cannot be made.
func (p *partition) sums(adds []wire.Add, now int64) ([]wire.KeySum, *wire.CommitReply) {
	sums := make([]wire.KeySum, 0, len(adds))
	for _, a := range adds {
		value, err := p.number(a.Key, now)
		if err != nil {
			reply := refuse(err)
			return nil, &reply
		}
		sum := value + a.N // both are exact, so this cannot overflow
		if a.Min != nil && sum < *a.Min || a.Max != nil && sum > *a.Max || !exact(sum) {
			return nil, &wire.CommitReply{Error: wire.Bound, Key: a.Key, Value: value}
		}
		sums = append(sums, wire.KeySum{Key: a.Key, Value: sum})
	}
	return sums, nil
}

// number reads the record under key as a number, absent as 0.
func (p *partition) number(key string, now int64) (int64, error) {
	r, ok := p.get(key, now)
	if !ok {
		return 0, nil
	}
	n, err := strconv.ParseInt(r.Doc, 10, 64)
	if err != nil || !exact(n) {
		return 0, fmt.Errorf("the record under %q is not a number", key)
	}
	return n, nil
}

func (p *partition) apply(req wire.CommitRequest, sums []wire.KeySum) {
	for _, w := range req.Puts {
		p.put(wire.Record{Key: w.Key, Version: p.last, Doc: w.Doc, Expires: w.Expires, EdgeKey: w.EdgeKey})
	}
	for _, key := range req.Deletes {
		p.remove(key)
	}
	for i, a := range req.Adds {
		doc := strconv.FormatInt(sums[i].Value, 10)
		p.put(wire.Record{Key: a.Key, Version: p.last, Doc: doc, Expires: a.Expires, EdgeKey: a.EdgeKey})
	}
}
