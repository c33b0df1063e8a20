package wire_test

import (
	"encoding/json"
	"strings"
	"testing"

	"tracedge/core/storage/wire"
)

func TestPairRefusesOtherShapes(t *testing.T) {
	for _, text := range []string{
		`null`, `{}`, `[]`, `["k"]`, `["k",1,2]`, `[1,"k"]`, `["k",1.5]`, `["k","1"]`, `["k",9223372036854775808]`, `"k"`, `[null`,
	} {
		var version wire.KeyVersion
		if err := json.Unmarshal([]byte(text), &version); err == nil {
			t.Errorf("%s is read as %+v", text, version)
		}
		var sums []wire.KeySum
		if err := json.Unmarshal([]byte("["+text+"]"), &sums); err == nil {
			t.Errorf("%s is read as %+v", text, sums)
		}
	}
}

func FuzzPair(f *testing.F) {
	f.Add("user/1/a", int64(7))
	f.Add("\"\\\u2028<&>", int64(-1)<<63)
	f.Add("", int64(1)<<53+1) // exact where a float is not
	f.Fuzz(func(t *testing.T, key string, n int64) {
		sum := wire.KeySum{Key: strings.ToValidUTF8(key, "?"), Value: n} // JSON is UTF-8
		text, err := json.Marshal(sum)
		if err != nil {
			t.Fatal(err)
		}
		var back wire.KeySum
		if err := json.Unmarshal(text, &back); err != nil || back != sum {
			t.Fatalf("%s is read as %+v, %v", text, back, err)
		}
		again, err := json.Marshal(wire.KeyVersion{Key: back.Key, Version: back.Value})
		if err != nil || string(again) != string(text) {
			t.Fatalf("%s comes back as %s, %v", text, again, err)
		}
	})
}
