package breakdown

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files")

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// record is a request record as the service writes it.
func record(i int, endpoint string, status int, kind string, ms float64) map[string]any {
	r := map[string]any{
		"level": "info", "event": "request", "trace_id": fmt.Sprintf("%032x", i+1), "span_id": fmt.Sprintf("%016x", i+1),
		"endpoint": endpoint, "method": "POST", "status_code": status, "duration_ms": ms, "error_kind": nil,
		"time": noon.Add(time.Duration(i) * time.Second).Format(time.RFC3339Nano),
		"ops":  []any{map[string]any{"op": "accounts_find_user_by_name", "kind": "read", "start_ms": 0, "duration_ms": ms / 2, "attempts": 1}},
	}
	if kind != "" {
		r["error_kind"] = kind
	}
	return r
}

// traffic is some records: of 100 requests 4 met contention, 3 had no credential, 1 met a fault of the program.
func traffic() []map[string]any {
	var out []map[string]any
	for i := range 100 {
		status, kind := 200, ""
		switch {
		case i%25 == 0:
			status, kind = 503, "storage_lock_timeout"
		case i%33 == 1:
			status, kind = 401, "auth_error"
		case i == 51:
			status, kind = 500, "internal_error"
		}
		out = append(out, record(i, Login, status, kind, float64(10+i)))
		if kind == "storage_lock_timeout" {
			out = append(out, map[string]any{
				"event": "storage_error", "op": "limits_count_failure", "error_kind": kind, "partition_kind": "address",
				"attempts": 9, "duration_ms": 2000, "trace_id": fmt.Sprintf("%032x", i+1),
				"time": noon.Add(time.Duration(i) * time.Second).Format(time.RFC3339Nano),
			})
		}
	}
	return out
}

func line(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// forms are the same traffic in each form of input. The invocation that the platform ended has no record.
func forms() map[string]string {
	var bare, tail, pretty, array, push strings.Builder
	var elements []string
	for _, r := range traffic() {
		bare.WriteString(line(r) + "\n")
		at, _ := time.Parse(time.RFC3339Nano, r["time"].(string))
		if r["event"] != "request" {
			continue // logged within its invocation
		}
		messages := []any{map[string]any{"message": []any{r}, "level": "log"}}
		for _, o := range traffic() {
			if o["event"] == "storage_error" && o["trace_id"] == r["trace_id"] {
				messages = append(messages, map[string]any{"message": []any{o}, "level": "log"})
			}
		}
		inv := map[string]any{
			"outcome": "ok", "scriptName": "tracedge", "eventTimestamp": at.UnixMilli(), "exceptions": []any{}, "logs": messages,
			"event": map[string]any{"request": map[string]any{"url": "https://x/", "method": "POST"}, "response": map[string]any{"status": r["status_code"]}},
		}
		elements = append(elements, line(inv))
		indented, _ := json.MarshalIndent(inv, "", "  ")
		pretty.Write(append(indented, '\n'))
		var logs []any
		for _, m := range messages {
			logs = append(logs, map[string]any{"Level": "log", "Message": m.(map[string]any)["message"]})
		}
		push.WriteString(line(map[string]any{
			"Outcome": "ok", "EventTimestampMs": at.UnixMilli(), "Exceptions": []any{}, "Logs": logs,
			"Event": map[string]any{"RayID": "1", "Request": map[string]any{"URL": "https://x/", "Method": "POST"}, "Response": map[string]any{"Status": r["status_code"]}},
		}) + "\n")
	}
	tail.WriteString(strings.Join(elements, "\n"))
	array.WriteString("[" + strings.Join(elements, ",\n") + "]")
	return map[string]string{
		"bare": bare.String(), "tail": tail.String(), "pretty": pretty.String(), "array": array.String(), "logpush": push.String(),
	}
}

func TestEveryFormTellsTheSame(t *testing.T) {
	all := forms()
	want := report(t, all["bare"])
	if want.Requests != 100 || want.Errors != 8 || want.Server != 5 || want.lockTimeouts != 4 || want.Coverage.Share != 1 {
		t.Fatalf("%+v", want)
	}
	if want.Ops[0] != (Count{"limits_count_failure", 4}) || len(want.Samples["storage_lock_timeout"]) != 4 {
		t.Fatalf("%+v", want)
	}
	for name, in := range all {
		got := report(t, "noise before\n"+in+"\nand after\n")
		if got.Input.Text != 2 || got.Input.Broken != 0 {
			t.Errorf("%s: input %+v", name, got.Input)
		}
		got.Input = want.Input
		if line(got) != line(want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, line(got), line(want))
		}
	}
}

func TestFailuresWithoutARecord(t *testing.T) {
	in := forms()["tail"] + `
{"outcome":"exceededCpu","eventTimestamp":1,"logs":[],"event":{"request":{},"response":{"status":503}}}
{"outcome":"exception","eventTimestamp":1,"logs":[],"exceptions":[{"name":"Error"}],"event":{"request":{}},"cpuTime":12,"wallTime":40}
{"outcome":"ok","eventTimestamp":1,"logs":[{"message":["text"]}],"event":{"request":{},"response":{"status":500}}}
{"outcome":"ok","eventTimestamp":1,"logs":[],"event":{"request":{},"response":{"status":200}}}`
	got := report(t, in)
	if got.Coverage.Failed != 11 || got.Coverage.Covered != 8 {
		t.Fatalf("%+v", got.Coverage)
	}
	missing := map[string]int64{}
	for _, c := range got.Coverage.Missing {
		missing[c.Name] = c.Count
	}
	if missing["exceededCpu"] != 1 || missing["exception"] != 1 || missing["no record"] != 1 {
		t.Fatalf("%v", missing)
	}
	if got.CPU.Count != 1 || got.Wall.Count != 1 {
		t.Fatalf("cpu %+v wall %+v", got.CPU, got.Wall)
	}
}

func TestQuantilesAreWithinTheirError(t *testing.T) {
	got := report(t, forms()["bare"])
	for name, pair := range map[string][2]float64{"p50": {got.All.P50, 59.5}, "p95": {got.All.P95, 104}, "p99": {got.All.P99, 108}, "max": {got.All.Max, 109}} {
		if diff := pair[0]/pair[1] - 1; diff > 0.02 || diff < -0.02 {
			t.Errorf("%s = %v, want about %v", name, pair[0], pair[1])
		}
	}
}

func TestFilter(t *testing.T) {
	b, err := Read(strings.NewReader(forms()["bare"]), Filter{Since: noon.Add(90 * time.Second)})
	if err != nil || b.Report().Requests != 10 {
		t.Fatal(b.Report().Requests, err)
	}
	b, err = Read(strings.NewReader(forms()["bare"]), Filter{Endpoint: "/health"})
	if err != nil || b.Report().Requests != 0 {
		t.Fatal(b.Report().Requests, err)
	}
}

func TestObjectives(t *testing.T) {
	r := report(t, forms()["bare"])
	objectives, err := ParseObjectives("error-rate=2%,login-p95=1200ms,lock-timeout=5%")
	if err != nil {
		t.Fatal(err)
	}
	verdicts, met := Judge(r, objectives)
	if met || verdicts[0].Met || !verdicts[1].Met || !verdicts[2].Met {
		t.Fatalf("%+v", verdicts)
	}
	for _, bad := range []string{"", "x=1%", "error-rate", "error-rate=2", "login-p95=5", "login-p95=-1ms", "error-rate=-1%"} {
		if _, err := ParseObjectives(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestCompareShowsTheWorstFirst(t *testing.T) {
	before := report(t, forms()["bare"])
	after := before
	after.Kinds = []Count{{"storage_lock_timeout", 8}, {"auth_error", 4}, {"overloaded", 1}}
	after.All.P95 *= 1.5
	changes := Compare(before, after)
	if changes[0].Measure != "overloaded" || changes[1].Measure != "storage_lock_timeout" || changes[2].Measure != "p95" {
		t.Fatalf("%+v", changes)
	}
	if last := changes[len(changes)-1]; last.Measure != "internal_error" || last.Worse >= 0 {
		t.Fatalf("%+v", last)
	}
}

func TestDocuments(t *testing.T) {
	r := report(t, forms()["tail"])
	objectives, _ := ParseObjectives("error-rate=2%,login-p95=1200ms")
	verdicts, _ := Judge(r, objectives)
	d := Document{Report: r, Verdicts: verdicts, Changes: Compare(r, r), Command: "tracedge errors --input tail.json"}
	for _, format := range Formats {
		var out bytes.Buffer
		if err := d.Write(&out, format); err != nil {
			t.Fatal(err)
		}
		golden(t, "document."+format, out.Bytes())
	}
	if err := d.Write(io.Discard, "pdf"); err == nil {
		t.Error("an unknown format is taken")
	}
}

func TestWaterfall(t *testing.T) {
	var out bytes.Buffer
	found, err := Waterfall(&out, strings.NewReader(forms()["tail"]), fmt.Sprintf("%032x", 26))
	if err != nil || !found {
		t.Fatal(found, err)
	}
	golden(t, "waterfall.text", out.Bytes())
	if found, err := Waterfall(io.Discard, strings.NewReader(forms()["tail"]), strings.Repeat("f", 32)); found || err != nil {
		t.Fatal(found, err)
	}
}

func TestTimelineStaysBounded(t *testing.T) {
	var line timeline
	for i := range 5000 {
		line.at(noon.Add(time.Duration(i*i)*time.Second)).Requests++
	}
	sum, slots := int64(0), line.summary().Slots
	for _, s := range slots {
		sum += s.Requests
	}
	if len(slots) > maxSlots || sum != 5000 {
		t.Fatalf("%d slots hold %d", len(slots), sum)
	}
}

func report(t *testing.T, in string) Report {
	t.Helper()
	b, err := Read(strings.NewReader(in), Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return b.Report()
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; run the tests with -update and look at the difference\n%s", path, got)
	}
}

func BenchmarkRead(b *testing.B) {
	in := forms()["pretty"]
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		if _, err := Read(strings.NewReader(in), Filter{}); err != nil {
			b.Fatal(err)
		}
	}
}
