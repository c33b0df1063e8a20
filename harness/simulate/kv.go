package simulate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"tracedge/harness/services"
)

// Numbers of Workers KV.
const (
	kvMemory   = 60 * time.Second // how long a location may show what was replaced
	kvInterval = time.Second      // least time between two writes of one key
)

// globalKV is one namespace with its whole history. Locations see parts of it.
type globalKV struct {
	world   *World
	random  *rand.Rand
	history map[string][]*kvWrite
	keys    []string // sorted
	puts    int
}

// kvWrite is one write of a key: an entry, or a deletion.
type kvWrite struct {
	entry   services.KVEntry
	deleted bool
	at      time.Time
	shown   []time.Time // when each location sees it
}

func newGlobalKV(w *World) *globalKV {
	return &globalKV{world: w, random: stream(w.plan.Seed, "kv"), history: map[string][]*kvWrite{}}
}

// write adds to the history of a key, unless KV refuses.
func (g *globalKV) write(e services.KVEntry, deleted bool, from int) error {
	list := g.history[e.Key]
	now := g.world.Now()
	if len(list) > 0 && now.Sub(list[len(list)-1].at) < kvInterval {
		g.world.happened(KVTooOften)
		return errors.New("KV PUT failed: 429 Too Many Requests")
	}
	w := &kvWrite{entry: e, deleted: deleted, at: now}
	for location := range g.world.plan.World.Locations {
		delay := between(g.random, 0, kvMemory)
		if location == from {
			delay = between(g.random, 0, time.Second)
		}
		w.shown = append(w.shown, now.Add(delay))
	}
	if len(list) == 0 {
		n, _ := slices.BinarySearch(g.keys, e.Key)
		g.keys = slices.Insert(g.keys, n, e.Key)
	}
	g.history[e.Key] = append(list, w)
	g.puts++
	return nil
}

// newest is the index of the last write of a key that a location sees, -1 for
// none.
func (g *globalKV) newest(key string, location int) int {
	list, now := g.history[key], g.world.Now()
	for n := len(list) - 1; n >= 0; n-- {
		if !list[n].shown[location].After(now) {
			return n
		}
	}
	return -1
}

// live is the entry of a write, nil when it is none or has expired.
func (g *globalKV) live(key string, n int) *services.KVEntry {
	if n < 0 {
		return nil
	}
	w := g.history[key][n]
	if w.deleted || w.entry.Expiration != 0 && w.entry.Expiration <= g.world.Now().Unix() {
		return nil
	}
	return &w.entry
}

// truth is what KV holds in the end, by key in order.
func (g *globalKV) truth() []services.KVEntry {
	var out []services.KVEntry
	for _, key := range g.keys {
		if e := g.live(key, len(g.history[key])-1); e != nil {
			out = append(out, *e)
		}
	}
	return out
}

// kvView is the namespace as one location sees it. It implements services.KV.
type kvView struct {
	*globalKV
	location int
	cache    map[string]kvCached
}

// kvCached is what a location remembers of a key.
type kvCached struct {
	write int // index in the history, -1 for nothing
	until time.Time
}

var _ services.KV = (*kvView)(nil)

func (g *globalKV) view(location int) *kvView {
	return &kvView{globalKV: g, location: location, cache: map[string]kvCached{}}
}

func (v *kvView) where(key string) string { return fmt.Sprintf("%s at location %d", key, v.location) }

// Get implements services.KV.
func (v *kvView) Get(_ context.Context, key string) (*services.KVEntry, error) {
	if err := services.CheckKVKey(key); err != nil {
		return nil, err
	}
	m := v.world.misfortunes
	if f := m.strike(KVReadHangs, v.where(key)); f != nil {
		return nil, v.hang(f)
	}
	v.world.Sleep(between(v.random, time.Millisecond, 80*time.Millisecond))
	if m.strike(KVReadFails, v.where(key)) != nil {
		return nil, errors.New("KV GET failed: 500 Internal Server Error")
	}
	n := v.look(key)
	if last := len(v.history[key]) - 1; n < 0 && last >= 0 {
		v.world.happened(KVAbsence)
	} else if n < last {
		v.world.happened(KVStale)
	}
	e := v.live(key, n)
	if e == nil {
		return nil, nil
	}
	out := *e
	out.Value, out.Metadata = bytes.Clone(e.Value), bytes.Clone(e.Metadata)
	return &out, nil
}

// look is which write of a key the location shows: the one it remembers, or the
// newest that has come to it, and in any case one that is not too old.
func (v *kvView) look(key string) int {
	now := v.world.Now()
	c, known := v.cache[key]
	if !known || !now.Before(c.until) {
		c = kvCached{v.newest(key, v.location), now.Add(evenly(v.random, 0, kvMemory))}
		v.cache[key] = c
	}
	list := v.history[key]
	n := c.write
	for n+1 < len(list) && !list[n+1].at.Add(kvMemory).After(now) {
		n++
	}
	return n
}

// Put implements services.KV.
func (v *kvView) Put(_ context.Context, e services.KVEntry) error {
	if err := e.Check(); err != nil {
		return err
	}
	if now := v.world.Now().Unix(); e.Expiration != 0 && e.Expiration < now+60 {
		return fmt.Errorf("KV PUT failed: 400 Invalid expiration of %d", e.Expiration)
	}
	e.Value, e.Metadata = bytes.Clone(e.Value), bytes.Clone(e.Metadata)
	return v.change(e, false)
}

// Delete implements services.KV.
func (v *kvView) Delete(_ context.Context, key string) error {
	if err := services.CheckKVKey(key); err != nil {
		return err
	}
	return v.change(services.KVEntry{Key: key}, true)
}

func (v *kvView) change(e services.KVEntry, deleted bool) error {
	m, r := v.world.misfortunes, v.random
	v.world.Sleep(between(r, 5*time.Millisecond, 300*time.Millisecond))
	if m.strike(KVWriteFails, v.where(e.Key)) != nil {
		return errors.New("KV PUT failed: 500 Internal Server Error")
	}
	if err := v.write(e, deleted, v.location); err != nil {
		return err
	}
	delete(v.cache, e.Key) // a location sees its own writes, most of the time at once
	if m.strike(KVWriteUnsure, v.where(e.Key)) != nil {
		return errors.New("KV PUT failed: 503 Service Unavailable")
	}
	if f := m.strike(KVWriteHangs, v.where(e.Key)); f != nil {
		return v.hang(f)
	}
	v.world.Sleep(between(r, 5*time.Millisecond, 100*time.Millisecond))
	return nil
}

// hang is what becomes of an operation that KV does not answer: the connection
// ends when everybody has long stopped waiting.
func (v *kvView) hang(f *Fault) error {
	v.world.Sleep(f.delay(time.Minute))
	return errors.New("simulated: network connection lost")
}

// List implements services.KV.
func (v *kvView) List(_ context.Context, prefix, cursor string, limit int) (services.KVPage, error) {
	if err := services.CheckKVLimit(limit); err != nil {
		return services.KVPage{}, err
	}
	after, err := services.DecodeCursor(cursor)
	if err != nil {
		return services.KVPage{}, err
	}
	m := v.world.misfortunes
	v.world.Sleep(between(v.random, 5*time.Millisecond, 200*time.Millisecond))
	if m.strike(KVListFails, v.where(prefix)) != nil {
		return services.KVPage{}, errors.New("KV LIST failed: 500 Internal Server Error")
	}
	if m.strike(KVListEmpty, v.where(prefix)) != nil {
		return services.KVPage{Cursor: services.EncodeCursor(max(after, prefix[:max(0, len(prefix)-1)]))}, nil
	}
	var page services.KVPage
	for _, key := range v.keys {
		if !strings.HasPrefix(key, prefix) || key <= after {
			continue
		}
		e := v.live(key, v.newest(key, v.location))
		if e == nil {
			continue
		}
		if len(page.Keys) == limit {
			page.Cursor = services.EncodeCursor(page.Keys[limit-1].Key)
			return page, nil
		}
		page.Keys = append(page.Keys, services.KVEntry{Key: key, Metadata: bytes.Clone(e.Metadata), Expiration: e.Expiration})
	}
	page.Complete = true
	return page, nil
}
