package trace

import (
	"time"

	"tracedge/core/status"
)

// Logger takes records. It must not fail a request and must not block.
type Logger interface {
	Log(Record)
}

// LoggerFunc makes a function a Logger.
type LoggerFunc func(Record)

// Log calls f.
func (f LoggerFunc) Log(r Record) { f(r) }

// Record is a structured log entry: one of the types of this file. Its JSON form is what operators read.
type Record interface{ event() string }

// Request is the one canonical record that a request ends with.
type Request struct {
	Level        string    `json:"level"` // error from 500, warn from 400, else info
	Event        string    `json:"event"` // request
	TraceID      string    `json:"trace_id"`
	SpanID       string    `json:"span_id"`
	ParentID     string    `json:"parent_id,omitempty"`
	Endpoint     string    `json:"endpoint"`
	Method       string    `json:"method"`
	Status       int       `json:"status_code"`
	Duration     Millis    `json:"duration_ms"`
	StorageCalls int       `json:"storage_calls"`
	StorageTime  Millis    `json:"storage_ms"`
	SlowestOp    string    `json:"slowest_op,omitempty"`
	ErrorKind    *string   `json:"error_kind"`
	Message      string    `json:"message,omitempty"`
	UserID       *string   `json:"user_id"`
	KeyID        *string   `json:"key_id"`
	Cold         bool      `json:"cold"`
	Version      string    `json:"version"`
	Time         time.Time `json:"time"`
	Ops          []Op      `json:"ops,omitempty"`
}

// Op is a storage call in a request's record.
type Op struct {
	Label    string `json:"op"`
	Kind     Kind   `json:"kind"`
	Start    Millis `json:"start_ms"`
	Duration Millis `json:"duration_ms"`
	Attempts int    `json:"attempts"`
	Failure  string `json:"error_kind,omitempty"`
}

// StorageError is logged at once when a storage call fails. It names the kind of partition, never the partition.
type StorageError struct {
	Level         string    `json:"level"`
	Event         string    `json:"event"` // storage_error
	TraceID       string    `json:"trace_id"`
	SpanID        string    `json:"span_id"`
	Endpoint      string    `json:"endpoint"`
	Method        string    `json:"method"`
	Op            string    `json:"op"`
	Kind          Kind      `json:"kind"`
	PartitionKind string    `json:"partition_kind"`
	Attempts      int       `json:"attempts"`
	ErrorKind     string    `json:"error_kind"`
	Duration      Millis    `json:"duration_ms"`
	Time          time.Time `json:"time"`
}

// Notice is anything else that an operator should know: a missing setting, mail without a provider, failed background
// work. Its texts are the program's own, never data.
type Notice struct {
	Level     string    `json:"level"`
	Event     string    `json:"event"`
	TraceID   string    `json:"trace_id,omitempty"`
	SpanID    string    `json:"span_id,omitempty"`
	Endpoint  string    `json:"endpoint,omitempty"`
	ErrorKind string    `json:"error_kind,omitempty"`
	Setting   string    `json:"setting,omitempty"`
	Task      string    `json:"task,omitempty"`
	Message   string    `json:"message"`
	Count     int       `json:"count,omitempty"`
	Time      time.Time `json:"time"`
}

func (r Request) event() string      { return r.Event }
func (r StorageError) event() string { return r.Event }
func (r Notice) event() string       { return r.Event }

// maxOps bounds the storage calls listed in one record; the totals count all of them.
const maxOps = 64

// Request makes the canonical record of a finished request. errorKind and message are "" for a success.
func (s *Span) Request(version string, status int, errorKind, message string) Request {
	now := s.clock()
	s.mu.Lock()
	defer s.mu.Unlock()
	waited, slowest := s.totals()
	r := Request{
		Level: Level(status), Event: "request",
		TraceID: s.TraceID, SpanID: s.SpanID, ParentID: s.ParentID,
		Endpoint: s.endpoint, Method: s.Method, Status: status,
		Duration: Millis(now.Sub(s.start)), StorageCalls: len(s.calls), StorageTime: Millis(waited),
		ErrorKind: optional(errorKind), Message: message,
		UserID: optional(s.userID), KeyID: optional(s.keyID),
		Cold: s.Cold, Version: version, Time: now.UTC(),
	}
	if slowest != nil {
		r.SlowestOp = slowest.Label
	}
	for _, c := range s.calls[:min(len(s.calls), maxOps)] {
		r.Ops = append(r.Ops, Op{c.Label, c.Kind, Millis(c.Start), Millis(c.Duration), c.Attempts, c.Failure})
	}
	return r
}

// StorageError makes the record of a failed storage call.
func (s *Span) StorageError(c *Call, partitionKind string) StorageError {
	s.mu.Lock()
	defer s.mu.Unlock()
	return StorageError{
		Level: "error", Event: "storage_error",
		TraceID: s.TraceID, SpanID: s.SpanID, Endpoint: s.endpoint, Method: s.Method,
		Op: c.Label, Kind: c.Kind, PartitionKind: partitionKind, Attempts: c.Attempts,
		ErrorKind: c.Failure, Duration: Millis(c.Duration), Time: s.clock().UTC(),
	}
}

// Notice makes a record under this span.
func (s *Span) Notice(level, event, message string) Notice {
	return Notice{
		Level: level, Event: event, Message: message,
		TraceID: s.TraceID, SpanID: s.SpanID, Endpoint: s.Endpoint(), Time: s.clock().UTC(),
	}
}

// BackgroundError makes the record of work after a response that failed.
func (s *Span) BackgroundError(task, errorKind string) Notice {
	n := s.Notice("warn", "background_error", "Background work failed; the sweep goes on with it")
	n.Task, n.ErrorKind = task, errorKind
	return n
}

// Level is the level of a request's record by its status.
func Level(code int) string {
	switch {
	case code >= status.InternalServerError:
		return "error"
	case code >= status.BadRequest:
		return "warn"
	default:
		return "info"
	}
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	some := s // of its own, so that nothing is allocated for none
	return &some
}
