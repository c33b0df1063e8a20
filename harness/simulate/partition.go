package simulate

import (
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/anishathalye/porcupine"
)

// partitionState is what one partition holds, as the model of a sequencer. It
// never changes once made.
type partitionState struct {
	records map[string]found
	tokens  map[string]int64 // version of the commit that used it
	last    int64
	sum     uint64 // of all records and tokens, so that states compare fast
}

func (s *partitionState) equal(t *partitionState) bool {
	return s.sum == t.sum && s.last == t.last && len(s.records) == len(t.records)
}

func mix(parts ...string) uint64 {
	h := fnv.New64a()
	for _, p := range parts {
		_, _ = h.Write([]byte(p))
		_, _ = h.Write([]byte{0})
	}
	return h.Sum64()
}

func (f found) mix() uint64 { return mix(f.Key, strconv.FormatInt(f.Version, 10), f.Doc) }

// partitionModel is a sequencer that does one call at a time, for porcupine.
var partitionModel = porcupine.Model{
	Init:  func() any { return &partitionState{} },
	Equal: func(a, b any) bool { return a.(*partitionState).equal(b.(*partitionState)) },
	Step: func(state, input, _ any) (bool, any) {
		s, e := state.(*partitionState), input.(*entry)
		if e.commit {
			return s.commit(e)
		}
		return s.read(e), s
	},
	DescribeOperation: func(input, _ any) string { return input.(*entry).String() },
}

// presence is whether a record counts as there during a call: it may have
// expired meanwhile.
type presence int

const (
	absent presence = iota
	present
	either
)

func (s *partitionState) presence(key string, e *entry) presence {
	r, ok := s.records[key]
	switch {
	case !ok:
		return absent
	case r.Expires == 0 || r.Expires > e.done.UnixMilli():
		return present
	case r.Expires <= e.called.UnixMilli():
		return absent
	}
	return either
}

// shows reports whether a reply may show a key like that; got is nil for
// nothing.
func (s *partitionState) shows(key string, got *found, e *entry) bool {
	switch p := s.presence(key, e); {
	case got == nil:
		return p != present
	case p == absent:
		return false
	}
	r := s.records[key]
	return r.Version == got.Version && r.Doc == got.Doc
}

func (s *partitionState) read(e *entry) bool {
	got := map[string]*found{}
	for n := range e.reply.Records {
		got[e.reply.Records[n].Key] = &e.reply.Records[n]
	}
	for _, key := range e.request.Keys {
		if !s.shows(key, got[key], e) {
			return false
		}
	}
	for n, sc := range e.request.Scans {
		if n >= len(e.reply.Scans) || !s.page(sc, e.reply.Scans[n], e) {
			return false
		}
	}
	return true
}

// page reports whether a page may look like that.
func (s *partitionState) page(sc scan, got scanned, e *entry) bool {
	shown := map[string]*found{}
	for n := range got.Records {
		shown[got.Records[n].Key] = &got.Records[n]
	}
	end := ""
	if got.More && len(got.Records) > 0 {
		end = got.Records[len(got.Records)-1].Key
	}
	for _, key := range s.inside(span{Prefix: sc.Prefix, After: sc.After, Until: end, Reverse: sc.Reverse}) {
		if !s.shows(key, shown[key], e) {
			return false
		}
		delete(shown, key)
	}
	return len(shown) == 0
}

// inside lists the keys within a range, in order.
func (s *partitionState) inside(r span) []string {
	var keys []string
	for key := range s.records {
		beyond, before := key > r.After, r.Until == "" || key <= r.Until
		if r.Reverse {
			beyond, before = r.After == "" || key < r.After, key >= r.Until
		}
		if strings.HasPrefix(key, r.Prefix) && beyond && before {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// commit reports whether a commit may have answered like that, and what the
// partition holds then.
func (s *partitionState) commit(e *entry) (bool, *partitionState) {
	if version, used := s.tokens[e.token]; used {
		return e.reply.OK && e.reply.Version == version, s
	}
	moved, sure := s.moved(e)
	switch {
	case e.reply.Error == "conflict":
		return moved || !sure, s
	case moved && sure:
		return false, s
	case e.reply.Error == "bound":
		return s.outOfBounds(e), s
	case !e.reply.OK:
		return false, s
	case len(e.request.Puts)+len(e.request.Deletes)+len(e.request.Adds) == 0:
		return true, s
	case e.reply.Version <= s.last:
		return false, s
	}
	return s.apply(e)
}

// moved reports whether something is not as it was read; sure is false when that
// hangs on a record that may have expired meanwhile.
func (s *partitionState) moved(e *entry) (moved, sure bool) {
	sure = true
	for _, read := range e.request.Reads {
		switch p := s.presence(read.Key, e); {
		case p == either:
			sure = false
		case p == present && s.records[read.Key].Version != read.N, p == absent && read.N != 0:
			moved = true
		}
	}
	for _, r := range e.request.Ranges {
		count, newest := 0, int64(0)
		for _, key := range s.inside(r) {
			switch s.presence(key, e) {
			case either:
				sure = false
			case present:
				count++
				newest = max(newest, s.records[key].Version)
			}
		}
		moved = moved || count != r.Count || newest != r.Max
	}
	return moved, sure
}

func (s *partitionState) number(key string, e *entry) int64 {
	if s.presence(key, e) == absent {
		return 0
	}
	return number(s.records[key].Doc)
}

func (s *partitionState) outOfBounds(e *entry) bool {
	for _, a := range e.request.Adds {
		sum := s.number(a.Key, e) + a.N
		if a.Min != nil && sum < *a.Min || a.Max != nil && sum > *a.Max || s.presence(a.Key, e) == either {
			return true
		}
	}
	return false
}

func (s *partitionState) apply(e *entry) (bool, *partitionState) {
	next := &partitionState{maps.Clone(s.records), maps.Clone(s.tokens), e.reply.Version, s.sum}
	if next.records == nil {
		next.records, next.tokens = map[string]found{}, map[string]int64{}
	}
	next.tokens[e.token] = e.reply.Version
	next.sum += mix(e.token)
	for _, p := range e.request.Puts {
		next.set(found{Key: p.Key, Version: e.reply.Version, Doc: p.Doc, Expires: p.Expires})
	}
	for _, key := range e.request.Deletes {
		next.unset(key)
	}
	for n, a := range e.request.Adds {
		sum := s.number(a.Key, e) + a.N
		ambiguous := s.presence(a.Key, e) == either
		if n < len(e.reply.Sums) {
			if e.reply.Sums[n].N != sum && !ambiguous {
				return false, s
			}
			sum = e.reply.Sums[n].N
		}
		next.set(found{Key: a.Key, Version: e.reply.Version, Doc: strconv.FormatInt(sum, 10), Expires: a.Expires})
	}
	return true, next
}

func (s *partitionState) set(f found) {
	s.unset(f.Key)
	s.records[f.Key] = f
	s.sum += f.mix()
}

func (s *partitionState) unset(key string) {
	if old, ok := s.records[key]; ok {
		s.sum -= old.mix()
		delete(s.records, key)
	}
}
