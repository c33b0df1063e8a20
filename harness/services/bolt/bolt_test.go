package bolt_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"tracedge/harness/services"
	"tracedge/harness/services/bolt"
	"tracedge/harness/services/servicestest"
)

func open(t testing.TB, path string, o bolt.Options) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(path, o)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestConformance(t *testing.T) {
	servicestest.Run(t, func(t *testing.T, now func() time.Time) services.Store {
		return open(t, filepath.Join(t.TempDir(), "data.db"), bolt.Options{Now: now})
	})
}

func TestReopen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder", "data.db")
	at := int64(77)
	s := open(t, path, bolt.Options{})
	if err := s.Objects("C").Object("o").Apply(t.Context(), services.Batch{Puts: []services.Pair{{Key: "k", Value: []byte("v")}}, Alarm: &at}); err != nil {
		t.Fatal(err)
	}
	if err := s.KV("n").Put(t.Context(), services.KVEntry{Key: "k", Value: []byte("v")}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path, bolt.Options{})
	if v, ok, err := s.Objects("C").Object("o").Get("k"); !ok || err != nil || string(v) != "v" {
		t.Errorf("Get = %q, %v, %v", v, ok, err)
	}
	if as, err := s.Objects("C").Alarms(t.Context()); err != nil || len(as) != 1 || as[0] != (services.Alarm{Object: "o", Time: 77}) {
		t.Errorf("Alarms = %v, %v", as, err)
	}
	if e, err := s.KV("n").Get(t.Context(), "k"); err != nil || e == nil || string(e.Value) != "v" {
		t.Errorf("KV Get = %v, %v", e, err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode of the file = %v, %v", info.Mode(), err)
	}
}

func TestLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	open(t, path, bolt.Options{})
	if _, err := bolt.Open(path, bolt.Options{}); !errors.Is(err, bolt.ErrLocked) {
		t.Errorf("second Open: %v, want ErrLocked", err)
	}
}

func TestForeignFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	text := fmt.Appendf(nil, "%8192s", "this is no database")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := bolt.Open(path, bolt.Options{}); err == nil {
		t.Error("a file of something else is opened")
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(text) {
		t.Errorf("a file of something else was changed (%v)", err)
	}
}

func TestKeyLimits(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "data.db"), bolt.Options{})
	long := fmt.Sprintf("%20000s", "")
	if s.Objects("C").Object(long).Apply(t.Context(), services.Batch{}) == nil {
		t.Error("an object name of 20000 bytes is accepted")
	}
	if s.Objects("C").Object("o").Apply(t.Context(), services.Batch{Puts: []services.Pair{{Key: long}}}) == nil {
		t.Error("a key of 20000 bytes is accepted")
	}
}
