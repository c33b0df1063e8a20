package conformance

import (
	"fmt"
	"regexp"
	"strings"
)

// recordCases hold the records of a service against the replies that the suite got from it. They come last in every
// group.
func recordCases() []Case {
	return []Case{
		{Name: "records/one-per-request", Alone: true, Run: (*Session).oneRecordEach},
		{Name: "records/as-replied", Alone: true, Run: (*Session).recordsAgree},
		{Name: "records/fields", Alone: true, Run: (*Session).recordFields},
	}
}

// requestRecords returns the request records by trace id once there is one for every reply, or as they are after a while.
func (s *Session) requestRecords() map[string][]Record {
	var byTrace map[string][]Record
	s.poll(s.service.recordWait, func() bool {
		byTrace = make(map[string][]Record)
		for _, r := range s.service.Records() {
			if r.text("event") == "request" {
				byTrace[r.text("trace_id")] = append(byTrace[r.text("trace_id")], r)
			}
		}
		for _, reply := range s.service.replies() {
			if len(byTrace[reply.traceID]) == 0 {
				return false
			}
		}
		return true
	})
	return byTrace
}

// few bounds the failures that one case prints.
const few = 10

func (s *Session) oneRecordEach() {
	const says = "C10: one request record per request"
	records, replies, failures := s.requestRecords(), s.service.replies(), 0
	if len(replies) == 0 {
		s.Fatal("the group has seen no replies")
	}
	counts := make(map[string]int)
	for _, reply := range replies {
		counts[reply.traceID]++
	}
	for _, reply := range replies {
		if got := len(records[reply.traceID]); got != counts[reply.traceID] && failures < few {
			failures++
			s.Errorf("sent %s; came %s; wrong: %d records under %s, want %d; contract: %s",
				reply.described, reply.reply, got, reply.traceID, counts[reply.traceID], says)
		}
	}
}

// recordsAgree compares what a record and its reply both say. Replies that share a trace id are told apart by span.
func (s *Session) recordsAgree() {
	const says = "C10: trace_id, method, endpoint template, status_code, error_kind or null, user_id or null"
	records, failures := s.requestRecords(), 0
	for _, reply := range s.service.replies() {
		record := find(records[reply.traceID], func(r Record) bool { return r.text("span_id") == reply.spanID })
		for _, wrong := range disagreements(record, reply) {
			if failures++; failures <= few {
				s.Errorf("sent %s; came %s; logged %s; wrong: %s; contract: %s", reply.described, reply.reply, record, wrong, says)
			}
		}
	}
}

func disagreements(record Record, reply seen) []string {
	if record == nil {
		return []string{"no record has the span id of the reply's traceparent"}
	}
	var wrong []string
	differs := func(name string, got, want any) {
		if got != want {
			wrong = append(wrong, fmt.Sprintf("%s is %v, want %v", name, got, want))
		}
	}
	differs("method", record.text("method"), reply.method)
	differs("status_code", record.int("status_code"), int64(reply.status))
	if reply.method != "HEAD" { // a HEAD does not show its error_kind
		differs("error_kind", record.text("error_kind"), reply.kind)
	}
	if reply.userID != "" {
		differs("user_id", record.text("user_id"), reply.userID)
	}
	if reply.storageCalls >= 0 {
		differs("storage_calls", record.int("storage_calls"), reply.storageCalls)
	}
	if _, known := routeOf(reply.path); known && reply.status != 204 {
		differs("endpoint", record.text("endpoint"), template(reply.path))
	}
	level := "info"
	switch {
	case reply.status >= 500:
		level = "error"
	case reply.status >= 400:
		level = "warn"
	}
	differs("level", record.text("level"), level)
	return wrong
}

// recordFields looks at every record by itself.
func (s *Session) recordFields() {
	const says = "design 2, C10: the canonical record of a request"
	failures := 0
	for _, list := range s.requestRecords() {
		for _, record := range list {
			for _, wrong := range fieldFaults(record) {
				if failures++; failures <= few {
					s.Errorf("logged %s; wrong: %s; contract: %s", record, wrong, says)
				}
			}
		}
	}
}

// maxOps is how many storage calls one record lists; the totals count all of them.
const maxOps = 64

var label = regexp.MustCompile(`^[a-z]+(_[a-z]+){2,}$`)

func fieldFaults(r Record) []string {
	var wrong []string
	want := func(holds bool, form string, args ...any) {
		if !holds {
			wrong = append(wrong, fmt.Sprintf(form, args...))
		}
	}
	for name, pattern := range map[string]string{
		"trace_id": `^[0-9a-f]{32}$`, "span_id": `^[0-9a-f]{16}$`, "endpoint": `.`, "method": `.`, "level": `^(info|warn|error)$`,
		"version": `.`, "time": `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$`,
	} {
		want(regexp.MustCompile(pattern).MatchString(r.text(name)), "%s is %v, want the form %s", name, r[name], pattern)
	}
	for _, name := range []string{"status_code", "storage_calls"} {
		want(r.int(name) >= 0, "%s is %v, want an integer >= 0", name, r[name])
	}
	for _, name := range []string{"duration_ms", "storage_ms"} {
		want(isDuration(r[name]), "%s is %v, want a number >= 0", name, r[name])
	}
	_, isBool := r["cold"].(bool)
	want(isBool, "cold is %v, want a boolean", r["cold"])
	if parent, there := r["parent_id"]; there {
		want(parent == givenSpan, "parent_id is %v, want the span of the traceparent that came in", parent)
	}
	if r.int("storage_calls") > 0 {
		want(label.MatchString(r.text("slowest_op")), "slowest_op is %v, want <area>_<verb>_<object>", r["slowest_op"])
	}
	ops, _ := r["ops"].([]any)
	want(int64(len(ops)) == min(r.int("storage_calls"), maxOps), "%d ops are listed, storage_calls is %v", len(ops), r["storage_calls"])
	for _, element := range ops {
		op, _ := element.(map[string]any)
		want(label.MatchString(Record(op).text("op")), "an op is %v, want <area>_<verb>_<object>", element)
	}
	want(!strings.Contains(r.text("endpoint"), "?"), "endpoint is %v, want a template without a query", r["endpoint"])
	return wrong
}

func isDuration(v any) bool {
	n, ok := v.(interface{ Float64() (float64, error) })
	if !ok {
		return false
	}
	f, err := n.Float64()
	return err == nil && f >= 0
}
