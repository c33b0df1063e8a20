package simulate

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"tracedge/harness/isolate"
	"tracedge/harness/services"
)

// kvOnly stands in for the sequencer where there is none: it reads and writes
// the KV of the caller's location. It does what can be done there: it compares
// the versions that were read with what KV shows now, and then writes one key
// after the other.
func (w *World) kvOnly(c isolate.Call, reply func(isolate.Reply)) {
	store := &kvStore{w.views[w.locationOf(c.From)]}
	w.Go(func() {
		r := parse(c.Args[0].Text)
		var answer any
		var err error
		if c.Method == "commit" {
			answer, err = store.commit(r)
		} else {
			answer, err = store.read(r)
		}
		if err != nil {
			reply(callFailed(err.Error()))
			return
		}
		text, _ := json.Marshal(answer)
		reply(isolate.Reply{Values: []isolate.Value{{Kind: isolate.String, Text: string(text)}}})
	})
}

type kvStore struct{ view *kvView }

// kvMeta is what the store keeps beside a value.
type kvMeta struct {
	V int64  `json:"v"`
	X int64  `json:"x,omitempty"`
	E string `json:"e,omitempty"`
}

func (s *kvStore) get(key string) (*found, error) {
	e, err := s.view.Get(context.Background(), key)
	if e == nil || err != nil {
		return nil, err
	}
	var m kvMeta
	_ = json.Unmarshal(e.Metadata, &m)
	if m.X != 0 && m.X <= s.view.world.Now().UnixMilli() {
		return nil, nil
	}
	return &found{Key: key, Version: m.V, Doc: string(e.Value), Expires: m.X, Edge: m.E}, nil
}

func (s *kvStore) read(r request) (*reply, error) {
	out := &reply{OK: true}
	for _, key := range r.Keys {
		f, err := s.get(key)
		if err != nil {
			return nil, err
		}
		if f != nil {
			out.Records = append(out.Records, *f)
		}
	}
	for _, sc := range r.Scans {
		page, err := s.scan(sc)
		if err != nil {
			return nil, err
		}
		out.Scans = append(out.Scans, page)
	}
	return out, nil
}

func (s *kvStore) scan(sc scan) (out scanned, err error) {
	out.Records = []found{}
	var keys []string
	for cursor := ""; ; {
		page, err := s.view.List(context.Background(), sc.Prefix, cursor, services.MaxKVPage)
		if err != nil {
			return out, err
		}
		for _, k := range page.Keys {
			keys = append(keys, k.Key)
		}
		if cursor = page.Cursor; page.Complete {
			break
		}
	}
	if sc.Reverse {
		for i, j := 0, len(keys)-1; i < j; i, j = i+1, j-1 {
			keys[i], keys[j] = keys[j], keys[i]
		}
	}
	for _, key := range keys {
		if sc.After != "" && (key <= sc.After) != sc.Reverse {
			continue
		}
		f, err := s.get(key)
		if err != nil {
			return out, err
		}
		if f == nil {
			continue
		}
		if len(out.Records) == sc.Limit {
			out.More = true
			break
		}
		out.Records = append(out.Records, *f)
		out.Max = max(out.Max, f.Version)
	}
	out.Count = len(out.Records)
	return out, nil
}

func (s *kvStore) commit(r request) (*reply, error) {
	var moved []string
	for _, read := range r.Reads {
		f, err := s.get(read.Key)
		if err != nil {
			return nil, err
		}
		if f == nil && read.N != 0 || f != nil && f.Version != read.N {
			moved = append(moved, read.Key)
		}
	}
	if len(moved) > 0 {
		return &reply{Error: "conflict", Keys: moved}, nil
	}
	out := &reply{OK: true, Version: s.view.world.Now().UnixMilli()}
	for _, a := range r.Adds {
		f, err := s.get(a.Key)
		if err != nil {
			return nil, err
		}
		sum := a.N
		if f != nil {
			sum += number(f.Doc)
		}
		if a.Min != nil && sum < *a.Min || a.Max != nil && sum > *a.Max {
			return &reply{Error: "bound", Key: a.Key}, nil
		}
		out.Sums = append(out.Sums, pair{a.Key, sum})
		a.Doc = fmt.Sprint(sum)
		r.Puts = append(r.Puts, a)
	}
	for _, p := range r.Puts {
		if err := s.put(p, out.Version); err != nil {
			return nil, err
		}
	}
	for _, key := range r.Deletes {
		if err := s.view.Delete(context.Background(), key); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// put writes a record, and its index key where it has one.
func (s *kvStore) put(p put, version int64) error {
	meta, _ := json.Marshal(kvMeta{version, p.Expires, p.Edge})
	keys := []string{p.Key}
	if p.Edge != "" && p.Edge != p.Key {
		keys = append(keys, p.Edge)
	}
	for _, key := range keys {
		if err := s.view.Put(context.Background(), services.KVEntry{Key: key, Value: []byte(p.Doc), Metadata: meta}); err != nil {
			return err
		}
	}
	return nil
}

// kvRecords are the records that KV holds.
func (w *World) kvRecords() []record {
	var out []record
	for _, e := range w.kv.truth() {
		var m kvMeta
		_ = json.Unmarshal(e.Metadata, &m)
		if m.X != 0 && m.X <= w.now.UnixMilli() || strings.HasPrefix(e.Key, "sweep/") {
			continue
		}
		out = append(out, record{Key: e.Key, Version: m.V, Doc: string(e.Value), Expires: m.X, Edge: m.E})
	}
	return out
}
