package services

import (
	"strings"
	"testing"
)

func TestBounds(t *testing.T) {
	for _, tt := range []struct {
		name   string
		o      ListOptions
		lo, hi string
	}{
		{"all", ListOptions{}, "", ""},
		{"prefix", ListOptions{Prefix: "a/"}, "a/", "a0"},
		{"prefix ending in ff", ListOptions{Prefix: "a\xff"}, "a\xff", "b"},
		{"prefix of ff", ListOptions{Prefix: "\xff\xff"}, "\xff\xff", ""},
		{"start inside prefix", ListOptions{Prefix: "a/", Start: "a/5"}, "a/5", "a0"},
		{"start before prefix", ListOptions{Prefix: "a/", Start: "A"}, "a/", "a0"},
		{"start after", ListOptions{StartAfter: "k"}, "k\x00", ""},
		{"end inside prefix", ListOptions{Prefix: "a/", End: "a/9"}, "a/", "a/9"},
		{"end beyond prefix", ListOptions{Prefix: "a/", End: "b"}, "a/", "a0"},
		{"end before start", ListOptions{Start: "m", End: "c"}, "m", "c"},
		{"reverse keeps the bounds", ListOptions{Start: "c", End: "m", Reverse: true}, "c", "m"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lo, hi, err := tt.o.Bounds()
			if err != nil || lo != tt.lo || hi != tt.hi {
				t.Errorf("Bounds() = %q, %q, %v; want %q, %q", lo, hi, err, tt.lo, tt.hi)
			}
		})
	}
	for _, o := range []ListOptions{{Start: "a", StartAfter: "b"}, {Limit: -1}} {
		if _, _, err := o.Bounds(); err == nil {
			t.Errorf("%+v has no error", o)
		}
	}
}

func TestLimits(t *testing.T) {
	long := strings.Repeat("k", MaxKVKey)
	if err := CheckKVKey(long); err != nil {
		t.Errorf("key of %d bytes: %v", len(long), err)
	}
	for _, key := range []string{"", ".", "..", long + "k"} {
		if CheckKVKey(key) == nil {
			t.Errorf("key %.20q (%d bytes) is accepted", key, len(key))
		}
	}
	for limit, want := range map[int]bool{-1: false, 0: false, 1: true, 1000: true, 1001: false} {
		if got := CheckKVLimit(limit) == nil; got != want {
			t.Errorf("limit %d accepted = %v", limit, got)
		}
	}
	if (KVEntry{Key: "k", Value: make([]byte, MaxKVValue+1)}).Check() == nil {
		t.Error("a value beyond the limit is accepted")
	}
	if (KVEntry{Key: "k", Metadata: make([]byte, MaxKVMetadata+1)}).Check() == nil {
		t.Error("metadata beyond the limit is accepted")
	}
	past := int64(-1)
	for name, b := range map[string]Batch{
		"put twice":       {Puts: []Pair{{Key: "a"}, {Key: "a"}}},
		"put and deleted": {Puts: []Pair{{Key: "a"}}, Deletes: []string{"a"}},
		"negative alarm":  {Alarm: &past},
	} {
		if b.Check() == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
