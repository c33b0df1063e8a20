package servicestest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tracedge/harness/services"
)

func get(t *testing.T, f *fixture, kv services.KV, key string) *services.KVEntry {
	t.Helper()
	e, err := kv.Get(f.ctx, key)
	if err != nil {
		t.Fatalf("KV Get(%.20q): %v", key, err)
	}
	return e
}

// pages lists everything under prefix and returns the entries and the sizes of
// the pages.
func pages(t *testing.T, f *fixture, kv services.KV, prefix string, limit int) (entries []services.KVEntry, sizes []int) {
	t.Helper()
	for cursor := ""; ; {
		page, err := kv.List(f.ctx, prefix, cursor, limit)
		if err != nil {
			t.Fatalf("KV List: %v", err)
		}
		entries, sizes = append(entries, page.Keys...), append(sizes, len(page.Keys))
		if page.Complete != (page.Cursor == "") {
			t.Fatalf("page has Complete %v and cursor %q", page.Complete, page.Cursor)
		}
		if page.Complete {
			return entries, sizes
		}
		cursor = page.Cursor
	}
}

func testKVValues(t *testing.T, f *fixture) {
	kv := f.store.KV("n")
	if e := get(t, f, kv, "k"); e != nil {
		t.Fatalf("Get of a missing key = %+v", e)
	}
	f.put(t, kv, services.KVEntry{Key: "k", Value: []byte("v"), Metadata: json.RawMessage(`{"v":1}`), Expiration: f.clock.Now().Unix() + 60})
	if e := get(t, f, kv, "k"); e == nil || e.Key != "k" || string(e.Value) != "v" || string(e.Metadata) != `{"v":1}` || e.Expiration != f.clock.Now().Unix()+60 {
		t.Errorf("Get = %+v", e)
	}
	f.put(t, kv, services.KVEntry{Key: "k", Value: nil})
	e := get(t, f, kv, "k")
	if e == nil || len(e.Value) != 0 || e.Metadata != nil || e.Expiration != 0 {
		t.Errorf("Get after a Put without metadata = %+v", e)
	}
	f.clock.Advance(time.Hour)
	if get(t, f, kv, "k") == nil {
		t.Error("an entry put without expiration expired by that of the one before")
	}
	for range 2 { // deleting a missing key is no error
		if err := kv.Delete(f.ctx, "k"); err != nil {
			t.Fatalf("Delete: %v", err)
		}
	}
	if e := get(t, f, kv, "k"); e != nil {
		t.Errorf("Get of a deleted key = %+v", e)
	}
	big := services.KVEntry{Key: strings.Repeat("k", 500), Value: bytes.Repeat([]byte("01234567"), 1<<17)}
	f.put(t, kv, big)
	if e := get(t, f, kv, big.Key); e == nil || !bytes.Equal(e.Value, big.Value) {
		t.Error("a value of 1 MiB under a key of 500 bytes did not come back")
	}
}

func testKVIsolation(t *testing.T, f *fixture) {
	a, b := f.store.KV("a"), f.store.KV("b")
	f.put(t, a, services.KVEntry{Key: "k", Value: []byte("of a")})
	if e := get(t, f, b, "k"); e != nil {
		t.Errorf("another namespace has %+v", e)
	}
	if e := get(t, f, f.store.KV("a"), "k"); e == nil || string(e.Value) != "of a" {
		t.Errorf("the namespace opened again has %+v", e)
	}
	f.apply(t, f.store.Objects("a").Object("k"), services.Batch{Puts: pairs("x=1"), DeleteAll: true})
	if e := get(t, f, a, "k"); e == nil {
		t.Error("an object of the same name changed the namespace")
	}
	in := services.KVEntry{Key: "c", Value: []byte("abc"), Metadata: json.RawMessage(`1`)}
	f.put(t, a, in)
	in.Value[0], in.Metadata[0] = 'X', 'X'
	out := get(t, f, a, "c")
	out.Value[1], out.Metadata[0] = 'X', 'X'
	if e := get(t, f, a, "c"); string(e.Value) != "abc" || string(e.Metadata) != `1` {
		t.Errorf("callers share memory with the store: %s %s", e.Value, e.Metadata)
	}
}

func testKVExpiration(t *testing.T, f *fixture) {
	kv := f.store.KV("n")
	now := f.clock.Now().Unix()
	for i := range 50 { // i seconds to live; 0 for ever
		e := services.KVEntry{Key: fmt.Sprintf("k%02d", i)}
		if i > 0 {
			e.Expiration = now + int64(i)
		}
		f.put(t, kv, e)
	}
	for _, passed := range []int{1, 10, 48, 60} {
		f.clock.ms.Store((now + int64(passed)) * 1000)
		f.put(t, kv, services.KVEntry{Key: "other"}) // stores may purge when they write
		entries, _ := pages(t, f, kv, "k", 7)
		if wanted := max(50-passed, 1); len(entries) != wanted {
			t.Errorf("%d entries after %d seconds, want %d", len(entries), passed, wanted)
		}
		for _, e := range entries {
			if e.Expiration != 0 && e.Expiration <= now+int64(passed) {
				t.Errorf("%s is listed %d seconds after it expired", e.Key, now+int64(passed)-e.Expiration)
			}
		}
		for i := range 50 {
			if alive := get(t, f, kv, fmt.Sprintf("k%02d", i)) != nil; alive != (i == 0 || i > passed) {
				t.Errorf("after %d seconds k%02d is there: %v", passed, i, alive)
			}
		}
	}
	// A key that expired comes back with a new life.
	f.put(t, kv, services.KVEntry{Key: "k01", Expiration: f.clock.Now().Unix() + 100})
	f.clock.Advance(99 * time.Second)
	f.put(t, kv, services.KVEntry{Key: "other"})
	if get(t, f, kv, "k01") == nil {
		t.Error("a renewed entry went with its old expiration")
	}
}

func testKVPages(t *testing.T, f *fixture) {
	kv := f.store.KV("n")
	const n = 2600
	for i := range n {
		e := services.KVEntry{Key: fmt.Sprintf("p/%06d", i), Value: []byte("v"), Metadata: json.RawMessage(fmt.Sprint(i))}
		if i == 2000 {
			e.Key += strings.Repeat("x", 500-len(e.Key))
		}
		f.put(t, kv, e)
	}
	f.put(t, kv, services.KVEntry{Key: "o"})
	f.put(t, kv, services.KVEntry{Key: "p0"})

	entries, sizes := pages(t, f, kv, "p/", 1000)
	if len(entries) != n || !slices.Equal(sizes, []int{1000, 1000, 600}) {
		t.Errorf("%d entries in pages of %v", len(entries), sizes)
	}
	for i, e := range entries {
		if string(e.Metadata) != fmt.Sprint(i) || e.Value != nil {
			t.Fatalf("entry %d is %s with metadata %s and %d bytes of value", i, e.Key, e.Metadata, len(e.Value))
		}
	}
	if _, sizes := pages(t, f, kv, "p/", 650); !slices.Equal(sizes, []int{650, 650, 650, 650}) {
		t.Errorf("pages of 650 are %v: a full last page must be complete", sizes)
	}
	if entries, _ := pages(t, f, kv, "", 1000); len(entries) != n+2 {
		t.Errorf("%d entries without a prefix, want %d", len(entries), n+2)
	}
	if entries, sizes := pages(t, f, kv, "nothing", 10); len(entries) != 0 || len(sizes) != 1 {
		t.Errorf("%d entries in %d pages under a prefix that no key has", len(entries), len(sizes))
	}
}

func testKVListDuringChanges(t *testing.T, f *fixture) {
	kv := f.store.KV("n")
	for i := range 10 {
		f.put(t, kv, services.KVEntry{Key: fmt.Sprintf("k%d", i)})
	}
	first, err := kv.List(f.ctx, "k", "", 5)
	if err != nil {
		t.Fatal(err)
	}
	// The key the cursor stands on goes, one before and one behind it come.
	if err := kv.Delete(f.ctx, "k4"); err != nil {
		t.Fatal(err)
	}
	f.put(t, kv, services.KVEntry{Key: "k00"})
	f.put(t, kv, services.KVEntry{Key: "k50"})
	second, err := kv.List(f.ctx, "k", first.Cursor, 100)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, e := range second.Keys {
		keys = append(keys, e.Key)
	}
	want(t, "the second page", keys, "k5", "k50", "k6", "k7", "k8", "k9")
}

func testKVLimits(t *testing.T, f *fixture) {
	kv := f.store.KV("n")
	for _, key := range []string{"", ".", "..", strings.Repeat("k", 513)} {
		if kv.Put(f.ctx, services.KVEntry{Key: key}) == nil {
			t.Errorf("Put of key %.5q (%d bytes) has no error", key, len(key))
		}
		if _, err := kv.Get(f.ctx, key); err == nil {
			t.Errorf("Get of key %.5q (%d bytes) has no error", key, len(key))
		}
	}
	if kv.Put(f.ctx, services.KVEntry{Key: "k", Metadata: make([]byte, 1025)}) == nil {
		t.Error("Put of 1025 bytes of metadata has no error")
	}
	f.put(t, kv, services.KVEntry{Key: strings.Repeat("k", 512), Metadata: json.RawMessage(`"` + strings.Repeat("m", 1022) + `"`)})
	for _, limit := range []int{0, 1001, -1} {
		if _, err := kv.List(f.ctx, "", "", limit); err == nil {
			t.Errorf("List with limit %d has no error", limit)
		}
	}
	if _, err := kv.List(f.ctx, "", "no cursor!", 10); err == nil {
		t.Error("List with a cursor of another origin has no error")
	}
}
