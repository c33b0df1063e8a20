package dfid_test

import (
	_ "embed"
	"strings"
	"testing"
	"time"

	"tracedge/core/dfid"
)

//go:embed testdata/valid.txt
var valid string

func TestVectors(t *testing.T) {
	for _, id := range strings.Fields(valid) {
		if !dfid.Valid(id) {
			t.Errorf("%s is not valid", id)
		}
	}
}

func TestFormat(t *testing.T) {
	day := time.Date(2025, 1, 1, 3, 0, 0, 0, time.FixedZone("", 3600*2))
	for number, want := range map[int64]string{
		1: "DFID-20250101-000001-F7BD", 2: "DFID-20250101-000002-F7BE", 267: "DFID-20250101-000267-0",
	} {
		if got := dfid.Format(day, number); got != want {
			t.Errorf("%d is %s, want %s", number, got, want)
		}
	}
	if id := dfid.Format(time.Date(2025, 1, 1, 1, 0, 0, 0, time.FixedZone("", 3600*2)), 1); !strings.HasPrefix(id, "DFID-20241231-") {
		t.Errorf("the day is not that of UTC: %s", id)
	}
	if id := dfid.Format(day, 12345678); !strings.HasPrefix(id, "DFID-20250101-12345678-") || !dfid.Valid(id) {
		t.Error(id)
	}
}

func TestInvalid(t *testing.T) {
	for _, id := range []string{
		"", "DFID", "DFID-20250101-000001", "DFID-20250101-000001-F7BE", "DFID-20250101-000001-f7bd", "dfid-20250101-000001-F7BD",
		"DFID-2025010-000001-F7BD", "DFID-20250101-00001-F7BD", "DFID-20250101-000001-F7BD-", "DFID-2025010a-000001-F7BD",
		"DFID-20250101-+00001-F7BD", "DFID-20250101-000267-00", "DFID-20250101-000267-", " DFID-20250101-000001-F7BD",
		"LID-550e8400-e29b-41d4-a716-446655440000", "DFID-20250101-00000\xff-F7BD",
	} {
		if dfid.Valid(id) {
			t.Errorf("%q is valid", id)
		}
	}
}
