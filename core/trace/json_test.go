package trace_test

import (
	"encoding/json"
	"testing"
	"time"

	"tracedge/core/trace"
)

// The record written by hand is the one that the type describes.
func TestAppendJSONIsTheTypesJSON(t *testing.T) {
	kind, user, odd := "database_error", "u-1", "a \"b\" <c>\n\u2028\xff é"
	at := time.Date(2026, 3, 1, 12, 0, 0, 10500000, time.UTC)
	for _, r := range []trace.Request{
		{},
		{Level: "info", Event: "request", Time: at, Duration: trace.Millis(1234567), StorageTime: trace.Millis(499), Cold: true},
		{Level: "error", Event: "request", TraceID: "t", SpanID: "s", ParentID: "p", Endpoint: "/api/items/:dfid", Method: odd,
			Status: 503, Duration: trace.Millis(12 * time.Hour), StorageCalls: 2, StorageTime: trace.Millis(1500), SlowestOp: "a_b_c",
			ErrorKind: &kind, Message: odd, UserID: &user, KeyID: &odd, Version: "1.0", Time: at.Add(123),
			Ops: []trace.Op{
				{Label: "a_b_c", Kind: trace.EdgeRead, Start: 7, Duration: trace.Millis(time.Second), Attempts: 4, Failure: kind},
				{Label: "d_e_f", Kind: trace.Commit, Start: trace.Millis(-time.Millisecond)},
			}},
	} {
		want, err := json.Marshal(r)
		if got := string(r.AppendJSON([]byte("before "))); err != nil || got != "before "+string(want) {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// Of a source, so much is drawn at once that most requests draw nothing.
func TestIdsAreDrawnForManyRequests(t *testing.T) {
	source := &counted{}
	ids := trace.Ids(source)
	seen := map[string]bool{}
	for range 100 {
		s := trace.Start(trace.Options{Clock: time.Now, Random: ids}, "GET", "")
		seen[s.TraceID], seen[s.SpanID] = true, true
	}
	if len(seen) != 200 || source.reads > 6 {
		t.Errorf("%d ids of 200 are different, after %d reads", len(seen), source.reads)
	}
}

// counted is random data that is never the same.
type counted struct{ reads, last int }

func (c *counted) Read(p []byte) (int, error) {
	c.reads++
	for i := range p {
		c.last++
		p[i] = byte(c.last * c.last >> (c.last % 7))
	}
	return len(p), nil
}
