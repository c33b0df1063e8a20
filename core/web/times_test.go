package web

import (
	"encoding/json"
	"testing"
	"time"
)

func TestTimesOut(t *testing.T) {
	east := time.FixedZone("", 2*3600)
	for _, tc := range []struct {
		at   time.Time
		want string
	}{
		{time.Date(2026, 1, 28, 12, 11, 12, 0, east), "2026-01-28T10:11:12"},
		{time.Date(2026, 1, 28, 12, 11, 12, 345e6, east), "2026-01-28T10:11:12.345"},
		{time.Date(2026, 1, 28, 12, 11, 12, 300e6, east), "2026-01-28T10:11:12.300"},
		{time.Date(2026, 1, 28, 10, 11, 12, 345678e3, time.UTC), "2026-01-28T10:11:12.345678"},
		{time.Date(2026, 1, 28, 10, 11, 12, 345678910, time.UTC), "2026-01-28T10:11:12.345678910"},
		{time.Date(2026, 1, 28, 10, 11, 12, 1, time.UTC), "2026-01-28T10:11:12.000000001"},
		{time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC), "1969-12-31T23:59:59"},
	} {
		z, _ := json.Marshal(TimeZ(tc.at))
		off, _ := json.Marshal(TimeOffset(tc.at))
		if string(z) != `"`+tc.want+`Z"` || string(off) != `"`+tc.want+`+00:00"` || TimeZ(tc.at).String() != tc.want+"Z" {
			t.Errorf("%s: %s and %s", tc.at, z, off)
		}
		var back TimeZ
		if err := json.Unmarshal(z, &back); err != nil || !time.Time(back).Equal(tc.at) {
			t.Errorf("%s is read as %s, %v", z, back, err)
		}
	}
	if doc, _ := json.Marshal(Secs(time.Date(1969, 12, 31, 23, 59, 59, 0, east))); string(doc) != "-7201" {
		t.Errorf("seconds %s", doc)
	}
	if doc, _ := json.Marshal(struct{ A *TimeZ }{}); string(doc) != `{"A":null}` {
		t.Errorf("absent time %s", doc)
	}
}

func TestTimesIn(t *testing.T) {
	for text, want := range map[string]string{
		"2026-01-28T10:11:12Z":                  "2026-01-28T10:11:12Z",
		"2026-01-28T10:11:12.5-03:00":           "2026-01-28T13:11:12.500Z",
		"2026-01-28T00:00:00.123456789+14:00":   "2026-01-27T10:00:00.123456789Z",
		"2024-02-29T10:11:12.1234567891234567Z": "2024-02-29T10:11:12.123456789Z",
	} {
		var got TimeZ
		if err := got.UnmarshalText([]byte(text)); err != nil || got.String() != want {
			t.Errorf("%s is read as %s, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "2026-01-28", "2026-01-28T10:11:12", "2026-01-28 10:11:12Z", "2026-02-30T10:11:12Z", "2026-01-28T24:11:12Z", "2026-01-28T1:11:12Z",
		"2026-01-28T10:11:12,5Z", "2026-01-28T10:11:12+25:00", "2026-01-28t10:11:12z", "2026-01-28T10:11:60Z", "1769595072",
		"0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
	} {
		var got TimeZ
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is read as %s", text, got)
		}
	}
	var s Secs
	if err := json.Unmarshal([]byte("1769595072"), &s); err != nil || time.Time(s).Format(time.RFC3339) != "2026-01-28T10:11:12Z" {
		t.Errorf("seconds %v, %v", time.Time(s), err)
	}
	if err := json.Unmarshal([]byte("null"), &s); err != nil || time.Time(s).Unix() != 1769595072 {
		t.Errorf("null changes it to %v, %v", time.Time(s), err)
	}
	for _, doc := range []string{`1.5`, `"1"`, `1e3`, `9007199254740992`} {
		if err := json.Unmarshal([]byte(doc), &s); err == nil {
			t.Errorf("%s is read as %v", doc, time.Time(s))
		}
	}
}
