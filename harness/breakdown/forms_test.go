package breakdown

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
)

// The files tell of the same nine invocations, each in the words of where they were kept: a login, one that met contention,
// an item that is not there, an instance that was lost, a login that used up its CPU time, a client that went away, a
// sweep, an alarm of a Durable Object that failed, and a call of one that did not.
func TestFormsTellTheSame(t *testing.T) {
	want := reportFile(t, "tail.json")
	golden(t, "forms.json", []byte(indented(want)+"\n"))
	for _, name := range []string{"tail.ndjson", "tailworker.json", "logpush.ndjson", "workerslogs.ndjson"} {
		got := reportFile(t, name)
		if got.Input.Broken+got.Input.Unknown+got.Input.Text+got.Input.Repeated != 0 {
			t.Errorf("%s: %+v", name, got.Input)
		}
		if name == "workerslogs.ndjson" { // its rows do not name the exception
			got.Samples[Unrecorded][0].Message += ": Error: Worker exceeded CPU time limit."
		}
		got.Input = want.Input
		if indented(got) != indented(want) {
			t.Errorf("%s tells\n%s\nand tail.json\n%s", name, indented(got), indented(want))
		}
	}
}

func TestServedRecordsTellWhatTheServiceKnows(t *testing.T) {
	got, tail := reportFile(t, "serve.ndjson"), reportFile(t, "tail.json")
	if got.Requests != 5 || got.Errors != 3 || got.Server != 2 || got.Unrecorded != 0 || got.Coverage.Share != 1 || got.CPU.Count != 0 {
		t.Errorf("%s", indented(got))
	}
	if marshal(got.Storage) != marshal(tail.Storage) || got.All != tail.All || got.Input.Text != 2 || got.Input.Records != 8 {
		t.Errorf("%s", indented(got))
	}
}

func TestMixtures(t *testing.T) {
	got := reportFile(t, "mixed.log")
	if got.Requests != 5 || got.Errors != 3 || got.Input.Text != 2 || got.Input.Unknown != 1 || got.Input.Broken != 4 || got.Input.Records != 1 || got.Input.Invocations != 4 {
		t.Errorf("%s", indented(got))
	}
	golden(t, "mixed.json", []byte(indented(got.Input)+"\n"))
}

// Made-up traffic is counted as it was made, in every form.
func TestTrafficIsCountedAsItWasMade(t *testing.T) {
	const n = 1500
	want := struct {
		kinds, statuses, endpoints, failedOps counts
		errors, server, logins                int64
	}{kinds: counts{}, statuses: counts{}, endpoints: counts{}, failedOps: counts{}}
	made := newTraffic(7)
	var first, last time.Time
	for range n {
		c := made.next()
		if first.IsZero() {
			first = c.at
		}
		last = c.at
		want.statuses.add(statusName(c.status))
		if c.endpoint == Login && c.status == 200 {
			want.logins++
		}
		for _, f := range c.failures {
			want.failedOps.add(f[6].value.(string))
		}
		if c.kind != "" {
			want.errors++
			want.kinds.add(c.kind)
			want.endpoints.add(c.endpoint)
		}
		if c.status >= 500 {
			want.server++
		}
	}
	if want.server == 0 || want.server == want.errors || len(want.kinds) != len(trafficFailures) || len(want.failedOps) < 3 {
		t.Fatalf("the traffic does not hold what it is about: %+v", want)
	}
	for _, form := range allForms {
		var log bytes.Buffer
		newTraffic(7).write(&log, form, n)
		r := report(t, &log, Filter{})
		endpoints, failedOps := counts{}, counts{}
		for _, e := range r.Endpoints {
			endpoints[e.Name] = e.Errors
		}
		for _, o := range r.Storage {
			if o.Errors > 0 {
				failedOps[o.Label] = o.Errors
			}
		}
		if r.Requests != n || r.Errors != want.errors || r.Server != want.server || r.Logins.Count != want.logins || r.Coverage.Failed != want.errors ||
			r.Coverage.Share != 1 || !r.From.Equal(first) || !r.To.Equal(last) {
			t.Errorf("%s: %s", form, indented(r))
		}
		for what, pair := range map[string][2][]Count{
			"kinds": {r.Kinds, want.kinds.ranked()}, "statuses": {r.Statuses, want.statuses.ranked()},
			"endpoints": {endpoints.ranked(), want.endpoints.ranked()}, "storage": {failedOps.ranked(), want.failedOps.ranked()},
		} {
			if !slices.Equal(pair[0], pair[1]) {
				t.Errorf("%s: %s are %v, were made %v", form, what, pair[0], pair[1])
			}
		}
	}
}

func TestOtherJSONIsNotOurs(t *testing.T) {
	r := reportOf(t, strings.Join([]string{
		`{}`, `{"a":1}`, `{"event":"request"}`, `{"event":"login","user":"x"}`, `{"event":7,"level":"info"}`, `{"event":{"request":{}}}`,
		`{"level":"info","message":"started"}`, `{"source":"x","dataset":"y"}`, `{"event":"","level":"info"}`,
	}, "\n"))
	if r.Requests != 0 || r.Input.Unknown != 9 || len(r.Notices) != 0 {
		t.Fatalf("%s", indented(r))
	}
}

// Members of another type than is expected are left out, and the rest still counts.
func TestMembersOfAnotherType(t *testing.T) {
	r := reportOf(t, `{"event":"request","level":"error","trace_id":7,"span_id":{},"endpoint":["x"],"status_code":"500","duration_ms":null,"error_kind":{"a":1},"ops":{"op":1},"time":12}
{"event":"request","level":"warn","status_code":503.5,"ops":[1,"x",{"op":"a","duration_ms":-4}],"duration_ms":1e400,"time":"yesterday"}
{"outcome":["x"],"logs":"none","event":[1],"exceptions":"[{]","eventTimestamp":-1,"cpuTime":"3"}
{"outcome":"ok","logs":[[],7,{"message":[[{"event":"request","level":"x"}]]},{"message":[7,"x","{\"half"]}],"event":null}`)
	if r.Requests != 2 || r.Errors != 1 || r.Kinds[0].Name != unexplained || r.Input.Undated != 2 || r.Input.Invocations != 2 || r.Input.Unknown != 0 {
		t.Fatalf("%s", indented(r))
	}
}
