package breakdown

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"time"
)

// The forms that traffic can be written in.
const (
	bareForm       = "bare"       // what tracedge serve prints
	prettyForm     = "pretty"     // what wrangler tail --format json prints
	compactForm    = "compact"    // the same through a filter, or a Tail Worker that writes lines
	arrayForm      = "array"      // what a Tail Worker gets
	logpushForm    = "logpush"    // workers_trace_events
	observableForm = "observable" // rows of Workers Logs
)

var allForms = []string{bareForm, prettyForm, compactForm, arrayForm, logpushForm, observableForm}

// object is JSON that keeps the order of its members.
type object []member

type member struct {
	name  string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := json.Marshal(m.name)
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(append(append(name, ':'), value...))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// call is one request of made-up traffic, and everything that is logged of it.
type call struct {
	at       time.Time
	trace    string
	span     string
	method   string
	endpoint string
	path     string
	status   int
	kind     string
	message  string
	ms       float64
	ops      []object
	failures []object // storage_error records
}

// traffic makes calls up: the same ones for the same seed.
type traffic struct {
	random *rand.Rand
	n      int
	clock  time.Time
}

func newTraffic(seed uint64) *traffic {
	return &traffic{random: rand.New(rand.NewPCG(seed, 1)), clock: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
}

var trafficRoutes = []struct{ method, endpoint, path, op string }{
	{"POST", "/api/auth/login", "/api/auth/login", "accounts_find_user_by_name"},
	{"POST", "/api/auth/register", "/api/auth/register", "auth_register_claim_username"},
	{"GET", "/api/items/:dfid", "/api/items/DFID-2026-000123", "items_read_item"},
	{"POST", "/api/circuits/:id/push", "/api/circuits/c-77/push", "circuits_push_item"},
	{"GET", "/health", "/health", ""},
}

var trafficFailures = []struct {
	kind    string
	status  int
	message string
}{
	{"overloaded", 503, "Too many requests at once, try again"},
	{"storage_lock_timeout", 503, "Others are changing the same, try again"},
	{"auth_error", 401, "Credentials are not valid"},
	{"validation_error", 422, "Field \"email\" must be an address"},
	{"internal_error", 500, "Internal error"},
}

func (t *traffic) next() call {
	t.n++
	t.clock = t.clock.Add(time.Duration(50+t.random.IntN(1900)) * time.Millisecond)
	route := trafficRoutes[t.random.IntN(len(trafficRoutes))]
	c := call{
		at: t.clock, method: route.method, endpoint: route.endpoint, path: route.path, status: 200,
		trace: fmt.Sprintf("%016x%016x", t.random.Uint64(), t.n), span: fmt.Sprintf("%08x%08x", t.random.Uint32(), t.n),
		ms: float64(1000+t.random.IntN(120000)) / 1000,
	}
	if t.random.IntN(10) == 0 {
		f := trafficFailures[t.random.IntN(len(trafficFailures))]
		if route.op == "" {
			f = trafficFailures[0] // the others need storage or a body
		}
		c.kind, c.status, c.message = f.kind, f.status, f.message
	}
	if route.op == "" {
		return c
	}
	c.ops = append(c.ops, operationRecord("limits_count_attempt", "commit", 0, c.ms/4, 1, ""))
	attempts, failure := 1, ""
	if c.kind == "storage_lock_timeout" {
		attempts, failure = 9, c.kind
		c.failures = []object{{
			{"level", "error"}, {"event", "storage_error"}, {"trace_id", c.trace}, {"span_id", c.span}, {"endpoint", c.endpoint},
			{"method", c.method}, {"op", route.op}, {"kind", "commit"}, {"partition_kind", "user"}, {"attempts", attempts},
			{"error_kind", c.kind}, {"duration_ms", c.ms / 2}, {"time", c.at.Format(time.RFC3339Nano)},
		}}
	}
	c.ops = append(c.ops, operationRecord(route.op, "read", c.ms/4, c.ms/2, attempts, failure))
	return c
}

func operationRecord(label, kind string, start, took float64, attempts int, failure string) object {
	o := object{{"op", label}, {"kind", kind}, {"start_ms", start}, {"duration_ms", took}, {"attempts", attempts}}
	if failure != "" {
		o = append(o, member{"error_kind", failure})
	}
	return o
}

// record is the canonical record of a call.
func (c call) record() object {
	level, kind := "info", any(nil)
	switch {
	case c.status >= 500:
		level = "error"
	case c.status >= 400:
		level = "warn"
	}
	o := object{
		{"level", level}, {"event", "request"}, {"trace_id", c.trace}, {"span_id", c.span}, {"endpoint", c.endpoint},
		{"method", c.method}, {"status_code", c.status}, {"duration_ms", c.ms}, {"storage_calls", len(c.ops)}, {"storage_ms", c.ms * 3 / 4},
	}
	if c.kind != "" {
		kind = c.kind
		o = append(o, member{"message", c.message})
	}
	return append(o, member{"error_kind", kind}, member{"user_id", nil}, member{"key_id", nil}, member{"cold", false},
		member{"version", "1.0.0"}, member{"time", c.at.Format(time.RFC3339Nano)}, member{"ops", c.ops})
}

func (c call) url() string { return "https://tracedge.example" + c.path + "?page=1" }

// invocation is what tail tells of a call.
func (c call) invocation(cpu, wall int) object {
	var logs []object
	for _, r := range append(c.failures[:len(c.failures):len(c.failures)], c.record()) {
		logs = append(logs, object{{"message", []any{r}}, {"level", "log"}, {"timestamp", c.at.UnixMilli()}})
	}
	return object{
		{"wallTime", wall}, {"cpuTime", cpu}, {"truncated", false}, {"executionModel", "stateless"}, {"outcome", "ok"},
		{"scriptVersion", object{{"id", "0b4ba4a5-91c5-4d0c-8a5e-5e0f9d3b8f10"}}}, {"scriptName", "tracedge"},
		{"diagnosticsChannelEvents", []any{}}, {"exceptions", []any{}}, {"logs", logs}, {"eventTimestamp", c.at.UnixMilli()},
		{"event", object{
			{"request", object{
				{"url", c.url()}, {"method", c.method},
				{"headers", object{
					{"accept", "*/*"}, {"accept-encoding", "gzip, br"}, {"cf-connecting-ip", "203.0.113.7"}, {"cf-ipcountry", "BR"},
					{"cf-ray", c.span}, {"content-type", "application/json"}, {"host", "tracedge.example"}, {"user-agent", "farm/2.1 (\"field\"; Android 14)"},
					{"traceparent", "00-" + c.trace + "-" + c.span + "-01"}, {"x-forwarded-proto", "https"}, {"x-real-ip", "203.0.113.7"},
				}},
				{"cf", object{
					{"clientTcpRtt", 12}, {"longitude", "-46.63"}, {"latitude", "-23.55"}, {"tlsCipher", "AEAD-AES128-GCM-SHA256"}, {"continent", "SA"},
					{"asn", 64500}, {"country", "BR"}, {"region", "São Paulo"}, {"timezone", "America/Sao_Paulo"}, {"city", "São Paulo"}, {"colo", "GRU"},
					{"tlsClientAuth", object{{"certPresented", "0"}, {"certVerified", "NONE"}, {"certRevoked", "0"}, {"certIssuerDN", ""}}},
					{"tlsExportedAuthenticator", object{{"clientFinished", "5b1d3e0f2c9a8b7d6e5f4a3b2c1d0e9f"}, {"serverFinished", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"}}},
					{"requestPriority", "weight=16;exclusive=0"}, {"httpProtocol", "HTTP/2"}, {"edgeRequestKeepAliveStatus", 1},
				}},
			}},
			{"response", object{{"status", c.status}}},
		}},
	}
}

// logpush is what Logpush tells of a call. It logs records as text.
func (c call) logpush(cpu, wall int) object {
	var logs []object
	for _, r := range append(c.failures[:len(c.failures):len(c.failures)], c.record()) {
		logs = append(logs, object{{"Level", "log"}, {"Message", []any{marshal(r)}}, {"TimestampMs", c.at.UnixMilli()}})
	}
	return object{
		{"CPUTimeMs", cpu}, {"DispatchNamespace", ""}, {"Entrypoint", ""},
		{"Event", object{
			{"RayID", c.span}, {"Request", object{{"URL", c.url()}, {"Method", c.method}}}, {"Response", object{{"Status", c.status}}},
		}},
		{"EventTimestampMs", c.at.UnixMilli()}, {"EventType", "fetch"}, {"Exceptions", []any{}}, {"Logs", logs}, {"Outcome", "ok"},
		{"ScriptName", "tracedge"}, {"ScriptTags", []any{}}, {"WallTimeMs", wall},
	}
}

// rows are what Workers Logs tells of a call: a row for each record, and one for the invocation.
func (c call) rows(cpu, wall int) (rows []object) {
	about := object{
		{"event", object{{"request", object{{"url", c.url()}, {"method", c.method}, {"path", c.path}}}, {"response", object{{"status", c.status}}}}},
		{"scriptName", "tracedge"}, {"outcome", "ok"}, {"eventType", "fetch"}, {"executionModel", "stateless"}, {"requestId", "R" + c.span},
	}
	for _, r := range append(c.failures[:len(c.failures):len(c.failures)], c.record()) {
		rows = append(rows, object{
			{"source", r}, {"dataset", "cloudflare-workers"}, {"timestamp", c.at.UnixMilli()}, {"$workers", about},
			{"$metadata", object{{"id", "01" + c.span}, {"requestId", "R" + c.span}, {"level", "info"}, {"type", "cf-worker"}}},
		})
	}
	return append(rows, object{
		{"source", object{}}, {"dataset", "cloudflare-workers"}, {"timestamp", c.at.UnixMilli()},
		{"$workers", append(about[:len(about):len(about)], member{"wallTimeMs", wall}, member{"cpuTimeMs", cpu})},
		{"$metadata", object{{"id", "02" + c.span}, {"requestId", "R" + c.span}, {"level", "info"}, {"type", "cf-worker-event"}}},
	})
}

func marshal(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// write writes n calls of the traffic in a form.
func (t *traffic) write(w *bytes.Buffer, form string, n int) {
	if form == arrayForm {
		w.WriteByte('[')
	}
	for i := range n {
		c := t.next()
		cpu, wall := 1+i%7, 5+i%90
		switch form {
		case bareForm:
			for _, f := range c.failures {
				w.WriteString(marshal(f) + "\n")
			}
			w.WriteString(marshal(c.record()) + "\n")
		case prettyForm:
			b, _ := json.MarshalIndent(c.invocation(cpu, wall), "", "  ")
			w.Write(append(b, '\n'))
		case compactForm:
			w.WriteString(marshal(c.invocation(cpu, wall)) + "\n")
		case arrayForm:
			if i > 0 {
				w.WriteByte(',')
			}
			w.WriteString(marshal(c.invocation(cpu, wall)))
		case logpushForm:
			w.WriteString(marshal(c.logpush(cpu, wall)) + "\n")
		case observableForm:
			for _, row := range c.rows(cpu, wall) {
				w.WriteString(marshal(row) + "\n")
			}
		}
	}
	if form == arrayForm {
		w.WriteString("]\n")
	}
}

// long is a stream of made-up traffic, as long as is wanted. It repeats a block in which every trace and span has other
// ids each time, so that making it costs little beside reading it.
type long struct {
	block []byte
	ids   []int // where in the block an id has digits that are free
	round int
	at    int
	left  int64
}

// again begins another stream of the same traffic.
func (l *long) again(size int64) *long {
	l.at, l.left = 0, size
	return l
}

func newLong(form string, size int64) *long {
	var b bytes.Buffer
	newTraffic(1).write(&b, form, 2000)
	l := &long{block: b.Bytes(), left: size}
	for _, field := range []string{`"trace_id":`, `"span_id":`, `trace_id\":\`, `span_id\":\`} {
		for i := 0; ; {
			n := bytes.Index(l.block[i:], []byte(field))
			if n < 0 {
				break
			}
			i += n + len(field)
			l.ids = append(l.ids, i+bytes.IndexByte(l.block[i:], '"')+1)
		}
	}
	return l
}

func (l *long) Read(p []byte) (int, error) {
	if l.left == 0 {
		return 0, io.EOF
	}
	if l.at == len(l.block) {
		l.at = 0
		l.round++
		for _, i := range l.ids {
			copy(l.block[i:], fmt.Sprintf("%04x", l.round))
		}
	}
	n := copy(p[:min(int64(len(p)), l.left)], l.block[l.at:])
	l.at += n
	l.left -= int64(n)
	return n, nil
}
