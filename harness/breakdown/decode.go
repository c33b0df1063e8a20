package breakdown

import (
	"bytes"
	"net/url"
	"time"
)

// decoder reads objects of any of the forms. What it returns is valid until the next call.
type decoder struct {
	names names
	in    invocation
	bare  record // the object's own fields, if it is a record

	request []byte // of the event
	part    bool   // the object is one of Workers Logs'
}

// decode reads one object that valueEnd has accepted. It reports false for JSON that is none of ours.
func (d *decoder) decode(value []byte) (*invocation, bool) {
	d.in.reset()
	d.bare = record{Ops: d.bare.Ops[:0]}
	d.request, d.part = nil, false
	c := &cursor{b: value}
	c.members(func(name []byte) { d.member(c, name) })

	p := &d.in.Platform
	switch {
	case d.bare.Event != "":
		d.in = invocation{Requests: d.in.Requests[:0], Others: d.in.Others[:0], Time: d.bare.Time}
		d.in.add(&d.bare)
		return &d.in, len(d.in.Requests)+len(d.in.Others) > 0
	case !p.Known:
		return nil, false
	}
	if len(d.in.Requests) == 0 {
		d.describe(p)
	}
	if !d.part {
		p.Part = ""
	}
	return &d.in, true
}

// member takes a member of the object: of tail and Tail Workers, of Logpush, of Workers Logs, or of a record.
func (d *decoder) member(c *cursor, name []byte) {
	p := &d.in.Platform
	switch string(name) {
	case "event":
		if c.peek() == '"' {
			d.bare.field(c, name, d.names)
			return
		}
		d.event(c.inner())
	case "Event":
		d.event(c.inner())
	case "logs", "Logs":
		p.Known = true
		logs := c.inner()
		logs.elements(func() { d.log(logs) })
	case "exceptions", "Exceptions":
		exceptions := c.inner()
		exceptions.elements(func() { d.exception(exceptions) })
	case "source":
		d.message(c)
	case "$workers":
		d.part, p.Known = true, true
		c.members(func(name []byte) { d.member(c, name) })
	case "$metadata":
		d.metadata(c)
	default:
		if !d.about(c, name) {
			d.bare.field(c, name, d.names)
		}
	}
}

// about takes a member that tells of the invocation as a whole. It reports false when it is none.
func (d *decoder) about(c *cursor, name []byte) bool {
	p := &d.in.Platform
	switch string(name) {
	case "outcome", "Outcome":
		p.Known, p.Outcome = true, d.names.of(c.text())
	case "eventTimestamp", "EventTimestampMs", "timestamp":
		if ms, ok := c.number(); ok && ms > 0 && ms < 1e13 {
			d.in.Time = plausible(time.UnixMilli(int64(ms)), nil)
		}
	case "eventType", "EventType":
		p.Trigger = d.names.of(c.text())
	case "executionModel", "ExecutionModel":
		p.Object = string(c.text()) == "durableObject"
	case "durableObjectId", "DurableObjectId":
		p.Object = p.Object || len(c.text()) > 0
	case "requestId":
		p.Part = identifier(c.text())
	case "cpuTime", "cpuTimeMs", "CPUTimeMs":
		p.CPU = milliseconds(c)
	case "wallTime", "wallTimeMs", "WallTimeMs":
		p.Wall = milliseconds(c)
	default:
		return false
	}
	return true
}

func milliseconds(c *cursor) *float64 {
	v, ok := c.number()
	if !ok {
		return nil
	}
	return &v
}

// event takes what triggered the invocation. Its trigger is named by some forms, and shows in what others hold.
func (d *decoder) event(c *cursor) {
	p := &d.in.Platform
	trigger := ""
	c.members(func(name []byte) {
		switch string(name) {
		case "request", "Request":
			d.request, trigger = c.skip(), "fetch"
		case "response", "Response":
			c.members(func(name []byte) {
				if string(name) == "status" || string(name) == "Status" {
					p.Status = c.integer()
				} else {
					c.skip()
				}
			})
		case "cron", "Cron":
			trigger = "scheduled"
			c.skip()
		case "scheduledTime", "ScheduledTime":
			if trigger == "" {
				trigger = "alarm" // a cron's event has both
			}
			c.skip()
		case "rpcMethod", "RpcMethod":
			trigger = "rpc"
			c.skip()
		case "queue", "Queue":
			trigger = "queue"
			c.skip()
		default:
			c.skip()
		}
	})
	if p.Trigger == "" {
		p.Trigger = trigger
	}
}

// log takes one entry of the logs.
func (d *decoder) log(c *cursor) {
	c.members(func(name []byte) {
		if string(name) == "message" || string(name) == "Message" {
			d.message(c)
		} else {
			c.skip()
		}
	})
}

// message takes what was logged: the arguments of console.log as an array, or the only one. Records that were logged as
// text count too.
func (d *decoder) message(c *cursor) {
	m := c.inner()
	switch m.peek() {
	case '{':
		var r record
		m.members(func(name []byte) { r.field(m, name, d.names) })
		d.in.add(&r)
	case '[':
		m.elements(func() {
			if m.peek() == '[' {
				m.skip()
				return
			}
			d.message(m)
		})
	}
}

func (d *decoder) exception(c *cursor) {
	var kind, message []byte
	c.members(func(name []byte) {
		switch string(name) {
		case "name", "Name":
			kind = c.text()
		case "message", "Message":
			message = c.text()
		default:
			c.skip()
		}
	})
	if p := &d.in.Platform; p.Exception == "" {
		p.Exception = printable(string(bytes.Join([][]byte{kind, message}, []byte(": "))))
	}
}

// metadata takes what Workers Logs says of a row.
func (d *decoder) metadata(c *cursor) {
	c.members(func(name []byte) {
		if string(name) == "requestId" {
			d.in.Platform.Part = identifier(c.text())
		} else {
			c.skip()
		}
	})
}

// describe reads what is shown of a request that left no record.
func (d *decoder) describe(p *platform) {
	c := &cursor{b: d.request}
	c.members(func(name []byte) {
		switch string(name) {
		case "method", "Method":
			p.Method = d.names.of(c.text())
		case "url", "URL":
			if u, err := url.Parse(string(c.text())); err == nil {
				p.Path = printable(u.Path)
			}
		case "headers", "Headers":
			c.members(func(name []byte) {
				if string(name) != "traceparent" {
					c.skip()
				} else if text := c.text(); len(text) >= 35 {
					p.TraceID = identifier(text[3:35])
				}
			})
		default:
			c.skip()
		}
	})
}
