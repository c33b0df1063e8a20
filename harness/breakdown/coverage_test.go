package breakdown

import (
	"fmt"
	"testing"
)

func TestCoverage(t *testing.T) {
	const (
		good    = `{"event":"request","level":"info","trace_id":"a","status_code":200}`
		bad     = `{"event":"request","level":"error","trace_id":"a","status_code":500,"error_kind":"internal_error"}`
		silent  = `{"event":"request","level":"error","trace_id":"a","status_code":500}`
		notice  = `{"event":"background_error","level":"error","trace_id":"a","task":"outbox"}`
		storage = `{"event":"storage_error","level":"error","trace_id":"a","op":"x"}`
		fetch   = `{"request":{"url":"https://x/"},"response":{"status":%d}}`
	)
	answered := func(status int) string { return fmt.Sprintf(fetch, status) }
	for _, c := range []struct {
		name, outcome, event, records string
		failed, covered               int64
		missing                       string
		errors, server                int64
	}{
		{"a success", "ok", answered(200), good, 0, 0, "", 0, 0},
		{"a success without a record", "ok", answered(200), "", 0, 0, "", 0, 0},
		{"an error with its record", "ok", answered(500), bad, 1, 1, "", 1, 1},
		{"a record without a kind", "ok", answered(500), silent, 1, 1, "", 1, 1},
		{"an error without a record", "ok", answered(500), "", 1, 0, "no record", 1, 1},
		{"a client's error without a record", "ok", answered(404), "", 1, 0, "no record", 1, 0},
		{"an error of which only storage tells", "ok", answered(500), storage, 1, 0, "no record", 1, 1},
		{"an error of which only a notice tells", "ok", answered(500), notice, 1, 0, "no record", 1, 1},
		{"an error that its record does not know of", "ok", answered(500), good, 1, 0, "no record", 0, 0},
		{"an exception with a record", "exception", answered(500), bad, 1, 1, "", 1, 1},
		{"an exception behind a success", "exception", answered(200), good, 1, 0, "exception", 0, 0},
		{"an exception behind a success, explained", "exception", answered(200), good + "," + notice, 1, 1, "", 0, 0},
		{"no CPU time left", "exceededCpu", `{"request":{}}`, "", 1, 0, "exceededCpu", 1, 1},
		{"no memory left", "exceededMemory", `{"request":{}}`, storage, 1, 0, "exceededMemory", 1, 1},
		{"no memory left, with a record", "exceededMemory", `{"request":{}}`, bad, 1, 1, "", 1, 1},
		{"a client that went away", "canceled", `{"request":{}}`, good, 1, 1, "", 0, 0},
		{"a client that went away, without a record", "canceled", `{"request":{}}`, "", 1, 0, "canceled", 1, 0},
		{"a stream that broke", "responseStreamDisconnected", answered(200), good, 1, 1, "", 0, 0},
		{"a cron trigger", "ok", `{"cron":"* * * * *","scheduledTime":1}`, "", 0, 0, "", 0, 0},
		{"a cron trigger that failed", "exception", `{"cron":"* * * * *","scheduledTime":1}`, "", 1, 0, "exception (scheduled)", 0, 0},
		{"a cron trigger that failed and says so", "exception", `{"cron":"* * * * *"}`, notice, 1, 1, "", 0, 0},
		{"an alarm that failed", "exception", `{"scheduledTime":"2026-03-01T12:00:00Z"}`, "", 1, 0, "exception (alarm)", 0, 0},
		{"a call of an object that nobody waits for", "canceled", `{"rpcMethod":"commit"}`, "", 1, 0, "canceled (rpc)", 0, 0},
		{"a queue", "exceededCpu", `{"queue":"q","batchSize":1}`, "", 1, 0, "exceededCpu (queue)", 0, 0},
		{"nothing is known of it", "unknown", `null`, "", 1, 0, "unknown (unknown trigger)", 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := reportOf(t, fmt.Sprintf(`{"outcome":%q,"event":%s,"logs":[{"message":[%s]}]}`, c.outcome, c.event, c.records))
			missing := ""
			if len(r.Coverage.Missing) > 0 {
				missing = r.Coverage.Missing[0].Name
			}
			if r.Coverage.Failed != c.failed || r.Coverage.Covered != c.covered || missing != c.missing || r.Errors != c.errors || r.Server != c.server {
				t.Errorf("coverage %+v, %d errors, %d of the service", r.Coverage, r.Errors, r.Server)
			}
		})
	}
}

// A request to a Durable Object is a part of a request, not one more.
func TestDurableObjectsAreNotClients(t *testing.T) {
	for _, mark := range []string{`"executionModel":"durableObject"`, `"durableObjectId":"93554d8b"`} {
		r := reportOf(t, `{"outcome":"exception",`+mark+`,"event":{"request":{},"response":{"status":500}},"logs":[],"exceptions":[{"name":"Error","message":"x"}]}`)
		if r.Requests != 0 || r.Coverage.Failed != 1 || r.Coverage.Missing[0].Name != "exception (durable object)" {
			t.Errorf("%s: %s", mark, indented(r))
		}
	}
}

// An exception that is only listed, under the outcome ok, is a failure as well.
func TestListedExceptions(t *testing.T) {
	r := reportOf(t, `{"outcome":"ok","event":{"request":{"url":"https://x/a?token=b","method":"GET"}},"logs":[],"exceptions":[{"name":"TypeError","message":"x is not a function"},{"name":"Error"}]}`)
	want := Sample{Endpoint: "/a", Method: "GET", Message: "ok: TypeError: x is not a function"}
	if r.Coverage.Missing[0].Name != "exception" || r.Samples[Unrecorded][0] != want {
		t.Errorf("%s", indented(r))
	}
}
