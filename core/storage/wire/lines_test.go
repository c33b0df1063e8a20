package wire_test

import (
	"reflect"
	"testing"

	"tracedge/core/storage/wire"
)

func TestParseEdgeReply(t *testing.T) {
	for text, want := range map[string]wire.EdgeReply{
		"":                            {},
		"next":                        {Cursor: "next"},
		"\na/1\n7\n0\n{}":             {Records: []wire.Record{{Key: "a/1", Version: 7, Doc: "{}"}}},
		"c\na/1\n7\n9\n{}\nb\n0\n0\n": {Cursor: "c", Records: []wire.Record{{Key: "a/1", Version: 7, Expires: 9, Doc: "{}"}, {Key: "b"}}},
	} {
		if got, err := wire.ParseEdgeReply(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q is read as %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"\n", "\na", "\na\n1", "\na\n1\n2", "\na\n\n0\nd", "\na\n1\nx\nd", "\na\n1.5\n0\nd", "\na\n1\n0\nd\n"} {
		if got, err := wire.ParseEdgeReply(text); err == nil {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}
