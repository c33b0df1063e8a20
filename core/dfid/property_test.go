package dfid_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"tracedge/core/dfid"
)

// Every id that is made is valid, differs from that of the next number, and has no other checksum.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawn := time.Unix(rapid.Int64Range(0, 253402300799).Draw(t, "time"), 0)
		n := rapid.Int64Range(1, 1<<53-1).Draw(t, "number")
		id := dfid.Format(drawn, n)
		if !dfid.Valid(id) {
			t.Fatalf("%s is not valid", id)
		}
		if n < 1<<53-1 && dfid.Format(drawn, n+1) == id {
			t.Fatalf("%s twice", id)
		}
		last := id[len(id)-1]
		if other := id[:len(id)-1] + string(rapid.SampledFrom([]byte("0123456789ABCDEFabcdef")).Draw(t, "digit")); other[len(other)-1] != last && dfid.Valid(other) {
			t.Fatalf("%s and %s are both valid", id, other)
		}
	})
}

func FuzzValid(f *testing.F) {
	for _, seed := range []string{"DFID-20250101-000001-F7BD", "DFID-20250101-000267-0", "", "DFID----"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if dfid.Valid(id) && (len(id) < 21 || id[:5] != "DFID-") {
			t.Fatalf("%q is valid", id)
		}
	})
}
