package breakdown

import (
	"bytes"
	"encoding/json"
	"time"
)

// Record is what is used of a record (docs/observability.md).
type Record struct {
	Event     string    `json:"event"`
	Level     string    `json:"level"`
	TraceID   string    `json:"trace_id"`
	SpanID    string    `json:"span_id"`
	Endpoint  string    `json:"endpoint"`
	Method    string    `json:"method"`
	Status    int       `json:"status_code"`
	Duration  float64   `json:"duration_ms"`
	ErrorKind *string   `json:"error_kind"`
	Message   string    `json:"message"`
	Op        string    `json:"op"`
	Partition string    `json:"partition_kind"`
	Attempts  int       `json:"attempts"`
	Task      string    `json:"task"`
	Time      time.Time `json:"time"`
	Ops       []Op      `json:"ops"`
}

// Op is a storage call of a request's record.
type Op struct {
	Label    string  `json:"op"`
	Kind     string  `json:"kind"`
	Start    float64 `json:"start_ms"`
	Duration float64 `json:"duration_ms"`
	Attempts int     `json:"attempts"`
	Failure  string  `json:"error_kind"`
}

// kind is the record's error_kind, "" for a success.
func (r Record) kind() string {
	if r.ErrorKind == nil {
		return ""
	}
	return *r.ErrorKind
}

// Invocation is one run of the worker: its records, and what the platform says of it. A bare record is an invocation of
// which nothing else is known.
type Invocation struct {
	Outcome   string // "" when the platform says nothing
	Status    int    // of the response, 0 when unknown
	Time      time.Time
	CPU, Wall *float64 // ms
	Requests  []Record // event: request
	Others    []Record
	Exception bool
	Fetch     bool // it was a request, as far as the platform says
}

// envelope takes the field names of tail and of Logpush; the decoder matches them in any case.
type envelope struct {
	Outcome        string
	Event          json.RawMessage
	Logs           []struct{ Message json.RawMessage }
	Exceptions     []json.RawMessage
	EventTimestamp int64
	CPUTime        *float64 `json:"cpuTime"`
	WallTime       *float64 `json:"wallTime"`

	EventTimestampMs int64
	CPUTimeMs        *float64
	WallTimeMs       *float64
}

// decode reads one object. It reports false for JSON that is none of ours.
func decode(value []byte) (Invocation, bool, error) {
	var e envelope
	if err := json.Unmarshal(value, &e); err != nil {
		if json.Valid(value) {
			err = nil // JSON, and not ours
		}
		return Invocation{}, false, err
	}
	if len(e.Event) > 0 && e.Event[0] == '"' {
		return bare(value)
	}
	if e.Outcome == "" && e.Logs == nil {
		return Invocation{}, false, nil
	}
	return e.invocation(), true, nil
}

// bare reads a record that stands alone.
func bare(value []byte) (Invocation, bool, error) {
	var r Record
	if err := json.Unmarshal(value, &r); err != nil {
		return Invocation{}, false, nil
	}
	var in Invocation
	in.add(r)
	in.Time = r.Time
	return in, true, nil
}

func (in *Invocation) add(r Record) {
	if r.Event == "request" {
		in.Requests = append(in.Requests, r)
	} else if r.Event != "" {
		in.Others = append(in.Others, r)
	}
}

func (e envelope) invocation() Invocation {
	in := Invocation{
		Outcome: e.Outcome, Exception: len(e.Exceptions) > 0,
		Time: time.UnixMilli(max(e.EventTimestamp, e.EventTimestampMs)).UTC(),
		CPU:  first(e.CPUTime, e.CPUTimeMs), Wall: first(e.WallTime, e.WallTimeMs),
	}
	var event struct {
		Request  json.RawMessage
		Response struct{ Status int }
	}
	if json.Unmarshal(e.Event, &event) == nil {
		in.Status, in.Fetch = event.Response.Status, len(event.Request) > 0
	}
	for _, l := range e.Logs {
		for _, m := range messages(l.Message) {
			var r Record
			if json.Unmarshal(m, &r) == nil {
				in.add(r)
			}
		}
	}
	return in
}

// messages are the objects that were logged: a message is an array of what console.log was given, or one of those.
// Objects that were logged as text count too.
func messages(raw json.RawMessage) []json.RawMessage {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return nil
	}
	switch raw[0] {
	case '{':
		return []json.RawMessage{raw}
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			return nil
		}
		var out []json.RawMessage
		for _, m := range list {
			if len(m) > 0 && m[0] != '[' {
				out = append(out, messages(m)...)
			}
		}
		return out
	case '"':
		var text string
		if json.Unmarshal(raw, &text) == nil && len(text) > 0 && text[0] == '{' {
			return []json.RawMessage{json.RawMessage(text)}
		}
	}
	return nil
}

func first(values ...*float64) *float64 {
	for _, v := range values {
		if v != nil {
			return v
		}
	}
	return nil
}
