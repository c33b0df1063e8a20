package trace

import (
	"encoding/json"
	"strconv"
	"time"
)

// AppendJSON appends what json.Marshal would make of the record, without looking at its type again for every request.
func (r Request) AppendJSON(b []byte) []byte {
	o := object{b}
	o.text(`{"level":`, r.Level)
	o.text(`,"event":`, r.Event)
	o.text(`,"trace_id":`, r.TraceID)
	o.text(`,"span_id":`, r.SpanID)
	o.textIfAny(`,"parent_id":`, r.ParentID)
	o.text(`,"endpoint":`, r.Endpoint)
	o.text(`,"method":`, r.Method)
	o.number(`,"status_code":`, r.Status)
	o.millis(`,"duration_ms":`, r.Duration)
	o.number(`,"storage_calls":`, r.StorageCalls)
	o.millis(`,"storage_ms":`, r.StorageTime)
	o.textIfAny(`,"slowest_op":`, r.SlowestOp)
	o.textOrNull(`,"error_kind":`, r.ErrorKind)
	o.textIfAny(`,"message":`, r.Message)
	o.textOrNull(`,"user_id":`, r.UserID)
	o.textOrNull(`,"key_id":`, r.KeyID)
	o.raw(`,"cold":`, strconv.FormatBool(r.Cold))
	o.text(`,"version":`, r.Version)
	o.b = r.Time.AppendFormat(append(o.b, `,"time":"`...), time.RFC3339Nano)
	o.raw(`"`, "")
	before := `,"ops":[`
	for _, op := range r.Ops {
		o.op(before, op)
		before = `,`
	}
	if len(r.Ops) > 0 {
		o.raw(`]`, "")
	}
	o.raw(`}`, "")
	return o.b
}

// object is JSON on its way. Names of fields come with all that stands before their values.
type object struct{ b []byte }

func (o *object) raw(name, json string) { o.b = append(append(o.b, name...), json...) }

func (o *object) op(before string, op Op) {
	o.raw(before, "")
	o.text(`{"op":`, op.Label)
	o.text(`,"kind":`, string(op.Kind))
	o.millis(`,"start_ms":`, op.Start)
	o.millis(`,"duration_ms":`, op.Duration)
	o.number(`,"attempts":`, op.Attempts)
	o.textIfAny(`,"error_kind":`, op.Failure)
	o.raw(`}`, "")
}

func (o *object) number(name string, n int) {
	o.b = strconv.AppendInt(append(o.b, name...), int64(n), 10)
}

func (o *object) millis(name string, m Millis) {
	o.b = m.append(append(o.b, name...))
}

func (o *object) textIfAny(name, s string) {
	if s != "" {
		o.text(name, s)
	}
}

func (o *object) textOrNull(name string, s *string) {
	if s == nil {
		o.raw(name, "null")
	} else {
		o.text(name, *s)
	}
}

// text writes a string. Hardly one needs escapes.
func (o *object) text(name, s string) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			escaped, _ := json.Marshal(s) // of a string it cannot fail
			o.raw(name, string(escaped))
			return
		}
	}
	o.raw(name, `"`)
	o.raw(s, `"`)
}
