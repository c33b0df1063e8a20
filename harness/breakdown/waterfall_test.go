package breakdown

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"
)

func waterfall(t *testing.T, in, id string) (string, bool) {
	t.Helper()
	var out bytes.Buffer
	found, err := Waterfall(&out, strings.NewReader(in), id)
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), found
}

// The same trace looks the same, whatever form its log has.
func TestWaterfalls(t *testing.T) {
	for _, name := range []string{"tail.json", "tail.ndjson", "tailworker.json", "logpush.ndjson", "workerslogs.ndjson", "serve.ndjson"} {
		log, err := os.ReadFile("testdata/forms/" + name)
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for n := 1; n <= 7; n++ {
			id := fmt.Sprintf("4bf92f3577b34da6a3ce929d0e0e4%03d", n)
			text, found := waterfall(t, string(log), id)
			if want := n != 5 || name != "serve.ndjson"; found != want {
				t.Errorf("%s: trace %d is found: %t", name, n, found)
			}
			all.WriteString("--- " + id + "\n" + text)
		}
		switch name {
		case "tail.json", "workerslogs.ndjson", "serve.ndjson":
			golden(t, strings.Split(name, ".")[0]+".waterfall", []byte(all.String()))
		default:
			want, err := os.ReadFile("testdata/tail.waterfall")
			if err != nil {
				t.Fatal(err)
			}
			if all.String() != string(want) {
				t.Errorf("%s shows\n%s", name, &all)
			}
		}
	}
}

const traced = "4bf92f3577b34da6a3ce929d0e0e4736"

// Requests stand in the order in which they began, with what was recorded in them; the rest comes behind.
func TestSeveralRequestsOfATrace(t *testing.T) {
	request := func(span, end string, ms int) string {
		return fmt.Sprintf(`{"event":"request","level":"info","trace_id":%q,"span_id":%q,"endpoint":"/%[2]s","method":"GET","status_code":200,"duration_ms":%d,"time":"2026-03-01T12:00:%sZ"}`, traced, span, ms, end)
	}
	notice := func(span, task string) string {
		return fmt.Sprintf(`{"event":"background_error","level":"error","trace_id":%q,"span_id":%q,"task":%q,"message":"not done","error_kind":"database_error","count":2,"time":"2026-03-01T12:00:30Z"}`, traced, span, task)
	}
	other := strings.ReplaceAll(request("zz", "01", 1), traced, strings.Repeat("0", 32))
	log := strings.Join([]string{notice("none", "sweep"), request("second", "10", 1000), notice("first", "outbox"), request("first", "11", 9000), request("second", "10", 1000), notice("first", "outbox"), other}, "\n")
	text, found := waterfall(t, log, traced)
	if !found {
		t.Fatal("not found")
	}
	golden(t, "several.waterfall", []byte(text))
}

func TestWaterfallOfNothing(t *testing.T) {
	if text, found := waterfall(t, `{"message":"`+traced+`"} {"event":"request","level":"info","user_id":"`+traced+`"}`, traced); found || text != "" {
		t.Errorf("%q", text)
	}
	if _, err := Waterfall(io.Discard, iotest.ErrReader(errors.New("gone")), traced); err == nil {
		t.Error("a reader that fails is no error")
	}
}

// Clients may send everything under one trace; what is kept of it is bounded.
func TestWaterfallIsBounded(t *testing.T) {
	var log strings.Builder
	for n := range 3 * shownOfTrace {
		fmt.Fprintf(&log, `{"event":"request","level":"info","trace_id":%q,"span_id":"%d","endpoint":"/x","ops":[{"op":"a","start_ms":-5,"duration_ms":1e300},{"op":"b","start_ms":1e300}]}`, traced, n)
	}
	text, _ := waterfall(t, log.String(), traced)
	if n := strings.Count(text, " /x "); n != shownOfTrace || !strings.Contains(text, "1,000 more records of this trace are not shown") {
		t.Errorf("%d requests are shown: %s", n, text[len(text)-100:])
	}
}

// A call's bar stands where the call was, and never outside of the axis.
func TestBars(t *testing.T) {
	for _, c := range []struct {
		start, took, span float64
		from, length      int
	}{
		{0, 100, 100, 0, 40}, {50, 50, 100, 20, 20}, {0, 0, 100, 0, 1}, {100, 0, 100, 39, 1}, {99, 50, 100, 39, 1}, {-5, 10, 100, 0, 4}, {0, 0, 0, 0, 1}, {25, 25, 100, 10, 10},
	} {
		var b strings.Builder
		(&operation{Label: "x", Start: c.start, Duration: c.took}).line(&b, 1, c.span)
		axis := strings.Split(b.String(), "|")[1]
		if len(axis) != axisWidth || strings.Index(axis, "#") != c.from || strings.Count(axis, "#") != c.length {
			t.Errorf("%+v: %q", c, axis)
		}
	}
}

// Workers Logs tells of a request in rows. Together they are one, in whatever order they come.
func TestRowsOfOneRequest(t *testing.T) {
	about := `"timestamp":1772366400000,"$workers":{"event":{"request":{"url":"https://x/api/items","method":"GET","headers":{"traceparent":"00-` + traced + `-00f067aa0ba902b7-01"}},"response":{"status":200}},"outcome":"ok","eventType":"fetch","requestId":"R1"`
	record := `{"source":{"event":"request","level":"info","trace_id":"` + traced + `","span_id":"s","endpoint":"/api/items","method":"GET","status_code":200,"duration_ms":7,"time":"2026-03-01T12:00:00Z"},` + about + `}}`
	text := `{"source":{"message":"cache miss"},` + about + `}}`
	end := `{"source":{},` + about + `,"wallTimeMs":9,"cpuTimeMs":2}}`
	want := "GET /api/items  200 ok  7.0 ms\n  2026-03-01 12:00:00.000  span s  CPU 2.00 ms  wall 9.00 ms\n"
	for _, rows := range [][]string{{record, text, end}, {end, text, record}, {text, end, record, record}} {
		if got, _ := waterfall(t, strings.Join(rows, "\n"), traced); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
