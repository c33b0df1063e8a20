package breakdown

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

func TestRecordsAreCountedOnce(t *testing.T) {
	bare, err := os.ReadFile("testdata/forms/serve.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	tail, err := os.ReadFile("testdata/forms/tail.json")
	if err != nil {
		t.Fatal(err)
	}
	want := reportFile(t, "tail.json")
	for name, in := range map[string]string{
		"bare, then tail": string(bare) + string(tail), "tail, then bare": string(tail) + string(bare), "tail twice": string(tail) + string(tail),
	} {
		got := reportOf(t, in)
		if name == "tail twice" { // nothing tells apart what left no record
			want.Requests, want.Errors = 7, 5
		} else {
			want.Requests, want.Errors = 6, 4
		}
		if got.Requests != want.Requests || got.Errors != want.Errors || marshal(got.Storage) != marshal(want.Storage) || marshal(got.Notices) != marshal(want.Notices) || got.Input.Repeated != 8 {
			t.Errorf("%s: %s", name, indented(got))
		}
	}
	once := `{"outcome":"ok","logs":[{"message":[%[1]s]},{"message":[%[1]s,%[2]q]}],"event":{"request":{},"response":{"status":500}}}`
	r := `{"event":"request","trace_id":"a","span_id":"b","status_code":500,"error_kind":"internal_error"}`
	if got := reportOf(t, fmt.Sprintf(once, r, r)); got.Requests != 1 || got.Input.Repeated != 2 || got.Coverage.Covered != 1 {
		t.Errorf("in one invocation: %s", indented(got))
	}
	// Several requests under one trace are several; without a span nothing tells them apart.
	many := `{"event":"request","trace_id":"a","span_id":"b"}{"event":"request","trace_id":"a","span_id":"c"}{"event":"request","trace_id":"a"}{"event":"request","trace_id":"a"}`
	if got := reportOf(t, many); got.Requests != 4 || got.Input.Repeated != 0 {
		t.Errorf("under one trace: %s", indented(got))
	}
}

func TestStorageErrorsAndNoticesAreNoRequests(t *testing.T) {
	r := reportOf(t, `{"event":"storage_error","level":"error","trace_id":"a","op":"x","error_kind":"database_error","status_code":500}
{"event":"panic","level":"error","trace_id":"a","status_code":500}
{"outcome":"ok","logs":[{"message":[{"event":"sweep","level":"info"}]}],"event":{"cron":"* * * * *"}}`)
	if r.Requests != 0 || r.Errors != 0 || r.Coverage.Failed != 0 || len(r.Notices) != 2 || r.Storage[0].Errors != 1 {
		t.Fatalf("%s", indented(r))
	}
}

func TestSince(t *testing.T) {
	for _, form := range allForms {
		var log bytes.Buffer
		newTraffic(3).write(&log, form, 500)
		made, since, want := newTraffic(3), time.Time{}, int64(0)
		for n := range 500 {
			if c := made.next(); n == 400 {
				since = c.at
			}
		}
		want = 100
		if r := report(t, &log, Filter{Since: since}); r.Requests != want || r.From.Before(since.Truncate(time.Millisecond)) || r.Input.Filtered < 400 {
			t.Errorf("%s: %d requests since %s, %d left out", form, r.Requests, since, r.Input.Filtered)
		}
	}
	if r := report(t, strings.NewReader(`{"event":"request","level":"info"}`), Filter{Since: time.Unix(1, 0)}); r.Requests != 0 || r.Input.Filtered != 1 {
		t.Errorf("without a time: %s", indented(r))
	}
}

func TestOneEndpoint(t *testing.T) {
	for _, name := range []string{"tail.json", "logpush.ndjson", "workerslogs.ndjson"} {
		in, err := os.ReadFile("testdata/forms/" + name)
		if err != nil {
			t.Fatal(err)
		}
		login := report(t, bytes.NewReader(in), Filter{Endpoint: Login})
		// The one that left no record is known by its path.
		if login.Requests != 3 || login.Errors != 2 || login.Unrecorded != 1 || login.Coverage.Failed != 2 || len(login.Notices) != 0 {
			t.Errorf("%s: %s", name, indented(login))
		}
		item := report(t, bytes.NewReader(in), Filter{Endpoint: "/api/items/:dfid"})
		if item.Requests != 2 || item.Errors != 1 || item.Unrecorded != 0 || len(item.Storage) != 1 {
			t.Errorf("%s: %s", name, indented(item))
		}
		if none := report(t, bytes.NewReader(in), Filter{Endpoint: "/health"}); none.Requests != 0 || none.Coverage.Failed != 0 || none.Input.Filtered == 0 {
			t.Errorf("%s: %s", name, indented(none))
		}
	}
}

// Rows of one invocation decide together: that its last row has no record does not make it another endpoint's.
func TestPartsOfAnotherEndpoint(t *testing.T) {
	row := func(source, more string) string {
		return `{"source":` + source + `,"timestamp":1772366400000,"$workers":{"event":{"request":{"url":"https://x/api/items/search","method":"GET"},"response":{"status":500}},"outcome":"ok","eventType":"fetch","requestId":"R1"` + more + `}}`
	}
	in := row(`{"event":"request","trace_id":"a","span_id":"b","endpoint":"/api/items/search","status_code":500,"error_kind":"internal_error"}`, "") + row(`{}`, `,"wallTimeMs":3`)
	if r := report(t, strings.NewReader(in), Filter{Endpoint: "/api/items/:dfid"}); r.Requests != 0 || r.Coverage.Failed != 0 {
		t.Errorf("%s", indented(r))
	}
	if r := report(t, strings.NewReader(in), Filter{Endpoint: "/api/items/search"}); r.Requests != 1 || r.Coverage.Covered != 1 {
		t.Errorf("%s", indented(r))
	}
}

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		template, path string
		want           bool
	}{
		{"/", "/", true}, {"/health", "/health", true}, {"/health", "/health/", false}, {"/health", "/", false},
		{"/api/items/:dfid", "/api/items/1", true}, {"/api/items/:dfid", "/api/items/", false}, {"/api/items/:dfid", "/api/items", false},
		{"/api/items/:dfid", "/api/items/1/2", false}, {"/api/:a/x/:b", "/api/1/x/2", true}, {"/api/:a/x/:b", "/api/1/y/2", false},
	} {
		if got := matches(c.template, c.path); got != c.want {
			t.Errorf("%s, %s: %t", c.template, c.path, got)
		}
	}
}

// A stray time would stretch the time line until it showed nothing.
func TestUndatedRequests(t *testing.T) {
	r := reportOf(t, `{"event":"request","level":"info","time":"1970-01-01T00:00:00Z"}
{"event":"request","level":"info","time":"2026-03-01T12:00:00Z"}
{"event":"request","level":"info","time":"9999-01-01T00:00:00Z"}
{"event":"request","level":"info"}
{"outcome":"ok","eventTimestamp":1772366401000,"logs":[{"message":[{"event":"request","level":"info"}]}],"event":{"request":{}}}`)
	if r.Requests != 5 || r.Input.Undated != 3 || len(r.Timeline.Steps) != 2 || r.To.Sub(r.From) != time.Second {
		t.Fatalf("%s", indented(r))
	}
}

// Names without number are counted together, so that nobody can fill the memory by asking for paths.
func TestNamesAreBounded(t *testing.T) {
	var in strings.Builder
	const n = 3 * maxNames
	for i := range n {
		fmt.Fprintf(&in, `{"event":"request","level":"error","endpoint":"/e%[1]d","status_code":%[1]d,"error_kind":"k%[1]d","ops":[{"op":"o%[1]d","error_kind":"f%[1]d"}]}`, 400+i)
		fmt.Fprintf(&in, `{"event":"n%d","level":"info"}`, i)
	}
	r := reportOf(t, in.String())
	if r.Requests != n || len(r.Kinds) != most+1 || len(r.Statuses) != maxNames+1 || len(r.Storage) != most+1 || len(r.Notices) != maxNames+1 {
		t.Fatalf("%d requests, %d kinds, %d statuses, %d labels, %d notices", r.Requests, len(r.Kinds), len(r.Statuses), len(r.Storage), len(r.Notices))
	}
	if r.Kinds[0] != (Count{others, n - most}) || r.Endpoints[0].Name != others {
		t.Fatalf("%v %v", r.Kinds[0], r.Endpoints[0])
	}
}

func TestTextsAreMadePrintable(t *testing.T) {
	long := strings.Repeat("é", 2*longestName)
	for in, want := range map[string]string{
		"plain": "plain", "a\x1b[2Jb": "a\ufffd[2Jb", "a\nb\tc": "a b c", "\u202eevil": "\ufffdevil", long: strings.Repeat("é", longestName-1) + "…",
	} {
		if got := printable(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
	r := reportOf(t, `{"event":"request","level":"error","trace_id":"\u001b[31m","endpoint":"/\u0007","method":"G\u009b","status_code":500,"message":"\u001b]0;x\u0007"}`)
	if s := marshal(r); strings.ContainsAny(s, "\x1b\x07") || strings.Contains(s, `\u001b`) || strings.Contains(s, `\u0007`) {
		t.Errorf("%s", s)
	}
}

func TestEmptyInput(t *testing.T) {
	r := reportOf(t, "")
	if r.Requests != 0 || r.Coverage.Share != 1 || r.ErrorRate != 0 {
		t.Fatalf("%s", indented(r))
	}
	for _, format := range Formats {
		if err := (Document{Report: r}).Write(new(bytes.Buffer), format); err != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
}
