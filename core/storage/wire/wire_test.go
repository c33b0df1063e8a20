package wire_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"tracedge/core/storage/wire"
)

// sample is a value and the text that stands for it on the wire, in both directions.
type sample struct {
	name  string
	value any
	text  string
}

func ptr(n int64) *int64 { return &n }

var samples = []sample{
	{"read", wire.ReadRequest{
		Partition: "user/1",
		Keys:      []string{"user/1/a"},
		Scans:     []wire.Scan{{Prefix: "user/1/b/", After: "user/1/b/x", Limit: 50, Reverse: true}},
	}, `{"partition":"user/1","keys":["user/1/a"],` +
		`"scans":[{"prefix":"user/1/b/","after":"user/1/b/x","limit":50,"reverse":true}]}`},
	{"read of the least", wire.ReadRequest{Partition: "user/1", Scans: []wire.Scan{{Prefix: "user/1/", Limit: 1}}},
		`{"partition":"user/1","scans":[{"prefix":"user/1/","limit":1}]}`},
	{"read reply", wire.ReadReply{
		OK:      true,
		Records: []wire.Record{{Key: "user/1/a", Version: 7, Doc: `{"a":1}`, Expires: 9, EdgeKey: "i/a"}},
		Scans:   []wire.ScanReply{{Records: []wire.Record{{Key: "user/1/b", Version: 8, Doc: `2`}}, More: true, Count: 1, Max: 8}},
	}, `{"ok":true,"records":[{"k":"user/1/a","v":7,"d":"{\"a\":1}","x":9,"e":"i/a"}],` +
		`"scans":[{"records":[{"k":"user/1/b","v":8,"d":"2"}],"more":true,"count":1,"max":8}]}`},
	{"read refusal", wire.ReadReply{Error: wire.Invalid, Message: "no"}, `{"ok":false,"error":"invalid","message":"no"}`},
	{"commit", wire.CommitRequest{
		Partition: "user/1",
		Token:     "0123456789abcdef",
		Reads:     []wire.KeyVersion{{Key: "user/1/a", Version: 7}, {Key: "user/1/b"}},
		Ranges:    []wire.Range{{Prefix: "user/1/c/", After: "user/1/c/a", Until: "user/1/c/z", Reverse: true, Count: 2, Max: 6}},
		Puts:      []wire.Put{{Key: "user/1/a", Doc: `1`, Expires: 9, EdgeKey: "i/a"}, {Key: "user/1/b", Doc: `"é"`}},
		Deletes:   []string{"user/1/d"},
		Adds: []wire.Add{
			{Key: "user/1/n", N: -3, Min: ptr(0), Max: ptr(wire.MaxNumber), Expires: 9, EdgeKey: "i/n"}, {Key: "user/1/m"},
		},
	}, `{"partition":"user/1","token":"0123456789abcdef","reads":[["user/1/a",7],["user/1/b",0]],` +
		`"ranges":[{"prefix":"user/1/c/","after":"user/1/c/a","until":"user/1/c/z","reverse":true,"count":2,"max":6}],` +
		`"puts":[{"k":"user/1/a","d":"1","x":9,"e":"i/a"},{"k":"user/1/b","d":"\"é\""}],"deletes":["user/1/d"],` +
		`"adds":[{"k":"user/1/n","n":-3,"min":0,"max":9007199254740991,"x":9,"e":"i/n"},{"k":"user/1/m","n":0}]}`},
	{"commit of nothing", wire.CommitRequest{Partition: "user/1", Token: "0123456789abcdef"},
		`{"partition":"user/1","token":"0123456789abcdef"}`},
	{"range of nothing", wire.Range{Prefix: "user/1/"}, `{"prefix":"user/1/","count":0,"max":0}`},
	{"commit reply", wire.CommitReply{
		OK: true, Version: 9007199254740991, Sums: []wire.KeySum{{Key: "user/1/n", Value: -5}}, Replayed: true,
	}, `{"ok":true,"version":9007199254740991,"sums":[["user/1/n",-5]],"replayed":true}`},
	{"conflict", wire.CommitReply{Error: wire.Conflict, Keys: []string{"user/1/a"}},
		`{"ok":false,"error":"conflict","keys":["user/1/a"]}`},
	{"bound", wire.CommitReply{Error: wire.Bound, Key: "user/1/n", Value: 5},
		`{"ok":false,"error":"bound","key":"user/1/n","value":5}`},
	{"edge get", wire.EdgeGetRequest{Keys: []string{"i/a"}}, `{"keys":["i/a"]}`},
	{"edge scan", wire.EdgeScanRequest{Prefix: "i/", Limit: 9}, `{"prefix":"i/","cursor":"","limit":9}`},
	{"edge reply", wire.EdgeReply{Records: []wire.Record{{Key: "i/a", Version: 7, Doc: `1`, Expires: 9}}, Cursor: "c"},
		`{"records":[{"k":"i/a","v":7,"d":"1","x":9}],"cursor":"c"}`},
}

func TestText(t *testing.T) {
	for _, s := range samples {
		got, err := json.Marshal(s.value)
		if err != nil || string(got) != s.text {
			t.Errorf("%s is written\n %s, %v, want\n %s", s.name, got, err, s.text)
		}
		back := reflect.New(reflect.TypeOf(s.value))
		if err := json.Unmarshal([]byte(s.text), back.Interface()); err != nil || !reflect.DeepEqual(back.Elem().Interface(), s.value) {
			t.Errorf("%s is read as\n %+v, %v, want\n %+v", s.name, back.Elem(), err, s.value)
		}
	}
}

// A sequencer may write what it could leave out.
func TestLongForm(t *testing.T) {
	for text, want := range map[string]any{
		`{"ok":true,"version":0,"sums":[]}`:                       wire.CommitReply{OK: true, Sums: []wire.KeySum{}},
		`{"ok":true,"records":[],"scans":[],"further":{"a":[1]}}`: wire.ReadReply{OK: true, Records: []wire.Record{}, Scans: []wire.ScanReply{}},
		`{"ok":false,"error":"bound","key":"k","value":0}`:        wire.CommitReply{Error: wire.Bound, Key: "k"},
		`{"records":[],"cursor":""}`:                              wire.EdgeReply{Records: []wire.Record{}},
	} {
		back := reflect.New(reflect.TypeOf(want))
		if err := json.Unmarshal([]byte(text), back.Interface()); err != nil || !reflect.DeepEqual(back.Elem().Interface(), want) {
			t.Errorf("%s is read as %+v, %v", text, back.Elem(), err)
		}
	}
}
