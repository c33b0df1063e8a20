package load

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// doneJob is a request that was due after the start and took so long.
func doneJob(start time.Time, due, took time.Duration, kind string) job {
	intended := start.Add(due)
	return job{request: health(), intended: intended, attempts: []attempt{{Answer{Status: 200, Kind: kind}, intended, intended.Add(took)}}}
}

func TestTimelineIsBounded(t *testing.T) {
	start := time.Unix(0, 0)
	var line timeline
	const seconds = 1000
	for s := range seconds {
		kind := ""
		if s == 500 {
			kind = KindTimeout
		}
		due := time.Duration(s) * time.Second
		line.add(due, doneJob(start, due, time.Duration(s)*time.Millisecond, kind))
	}
	got := line.summary()
	if got.Width != 32 || len(got.Slots) != 32 {
		t.Fatalf("%d slots of %g s", len(got.Slots), got.Width)
	}
	for i, s := range got.Slots {
		first, last := 32*i, min(32*i+31, seconds-1)
		failed := int64(0)
		if first <= 500 && 500 <= last {
			failed = 1
		}
		if s.At != float64(first) || s.Requests != int64(last-first+1) || s.Failed != failed || s.Max != Ms(last) || !near(s.P50, float64((first+last)/2)) {
			t.Errorf("slot %d: %+v", i, s)
		}
	}
}

// A slot that comes after empty ones stands at its place.
func TestTimelineHasNoGaps(t *testing.T) {
	start := time.Unix(0, 0)
	var line timeline
	for _, due := range []time.Duration{0, 130 * time.Second} {
		line.add(due, doneJob(start, due, 0, ""))
	}
	got := line.summary()
	if got.Width != 4 || len(got.Slots) != 33 || got.Slots[0].Requests != 1 || got.Slots[32].Requests != 1 || got.Slots[32].At != 128 {
		t.Errorf("%+v", got)
	}
}

// Every name in the JSON form has its meaning beside it, where readers of the source and of its documentation look.
func TestJSONIsDocumented(t *testing.T) {
	source := ""
	for _, f := range []string{"result.go", "latency.go", "timeline.go"} {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		source += string(text)
	}
	for _, v := range []any{Result{}, Settings{}, Step{}, Failure{}, Count{}, ClientHealth{}, Latency{}, Timeline{}, Slot{}} {
		typ := reflect.TypeOf(v)
		if !regexp.MustCompile(`(?m)^// ` + typ.Name() + ` (is|are|tells)`).MatchString(source) {
			t.Errorf("%s has no comment", typ.Name())
		}
		for f := range typ.Fields() {
			if name := f.Tag.Get("json"); name == "" || name != strings.ToLower(name) {
				t.Errorf("%s.%s is called %q in JSON", typ.Name(), f.Name, name)
			}
		}
	}
}

// The JSON form has no null where a list or an object is promised, in a run in which nothing failed.
func TestJSONHasNoNull(t *testing.T) {
	bubble(t, func(t *testing.T) {
		result, _ := mustRun(t, t.Context(), service(t, nil), Options{Scenario: "register", Rate: 2, Duration: time.Second, Concurrency: 1, Users: 1})
		text, err := json.Marshal(result)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "null") {
			t.Errorf("%s", text)
		}
		var fields map[string]any
		if err := json.Unmarshal(text, &fields); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"offered_rps", "achieved_rps", "total", "steps", "by_status", "by_error_kind", "repeats", "timeline", "relative_error"} {
			if _, ok := fields[want]; !ok {
				t.Errorf("no %s among %v", want, slices.Sorted(maps.Keys(fields)))
			}
		}
	})
}

func TestMeter(t *testing.T) {
	events := []Progress{
		{Phase: PhaseAccounts, Accounts: 1, AllAccounts: 2}, {Phase: PhaseAccounts, Accounts: 2, AllAccounts: 2},
	}
	for s := range 12 {
		events = append(events, Progress{Phase: PhaseRun, Elapsed: time.Duration(s) * time.Second, Total: 10 * time.Second, Due: int64(s), InFlight: 1, WaitingPlace: s})
	}
	events = append(events, Progress{Phase: PhaseDone, Elapsed: 12 * time.Second, Total: 10 * time.Second, Due: 12, Answered: 12, Failed: 1})

	var plain strings.Builder
	show := Meter(&plain, false)
	for _, p := range events {
		show(p)
	}
	if want := "2 of 2 accounts made\n9 s: due 9, done 0, failed 0, 1 in flight, 9 waiting\n12 s: due 12, done 12, failed 1\n"; plain.String() != want {
		t.Errorf("%q, want %q", plain.String(), want)
	}

	var drawn strings.Builder
	show = Meter(&drawn, true)
	for _, p := range events {
		show(p)
	}
	lines := strings.Split(drawn.String(), "\r")
	if len(lines) != len(events)+1 || strings.Count(drawn.String(), "\n") != 2 || !strings.HasSuffix(drawn.String(), "failed 1\x1b[K\n") {
		t.Errorf("%q", lines)
	}
	if half := lines[3+5]; !strings.HasPrefix(half, "["+strings.Repeat("=", 15)+strings.Repeat(" ", 15)+"] 5 s") {
		t.Errorf("half-way: %q", half)
	}
	if over := lines[3+11]; !strings.HasPrefix(over, "["+strings.Repeat("=", 30)+"] 11 s") {
		t.Errorf("waiting for the last: %q", over)
	}
}

func TestNotes(t *testing.T) {
	r := Result{Client: ClientHealth{Lag: 80, StrayedTraces: 2}, Kinds: []Count{{"rate_limit_exceeded", 1}}}
	notes := strings.Join(r.notes(), "\n")
	for _, want := range []string{"up to 80 ms late", "2 answers did not bear the trace", "REGISTER_RATE_LIMIT_PER_HOUR=0"} {
		if !strings.Contains(notes, want) {
			t.Errorf("no %q in %q", want, notes)
		}
	}
	if n := (Result{Client: ClientHealth{Lag: 5}}).notes(); len(n) != 0 {
		t.Errorf("%q", n)
	}
}
