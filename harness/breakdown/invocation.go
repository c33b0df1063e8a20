package breakdown

import (
	"cmp"
	"strings"
	"time"
)

// invocation is one run of the worker: its records, and what the platform says of it. A record that stands alone is an
// invocation of which the platform says nothing. Workers Logs tells of one invocation in several parts.
type invocation struct {
	Requests []record // event: request
	Others   []record // storage_error and notices
	Time     time.Time
	Platform platform
}

// platform is what the platform says of an invocation.
type platform struct {
	Known     bool   // it says something
	Part      string // what the parts of one invocation have in common, "" when this is the whole
	Trigger   string // fetch, scheduled, alarm, rpc, ...
	Object    bool   // it ran in a Durable Object
	Outcome   string // ok, exception, exceededCpu, exceededMemory, canceled, ...
	Status    int    // of the response, 0 when there was none
	Exception string // the first one's name and message
	Method    string
	Path      string
	TraceID   string   // that the client sent
	CPU, Wall *float64 // ms
}

// isRequest reports whether the invocation answered, or should have answered, a client. A request to a Durable Object is
// a part of one.
func (p *platform) isRequest() bool { return p.Known && p.Trigger == "fetch" && !p.Object }

// failed reports whether the platform says that the invocation did not do what it should.
func (p *platform) failed() bool {
	return p.Status >= 500 || p.Exception != "" || p.Outcome != "" && p.Outcome != "ok"
}

// clientGone reports whether the invocation ended early because nobody waited for it any more.
func (p *platform) clientGone() bool {
	return p.Outcome == "canceled" || p.Outcome == "responseStreamDisconnected"
}

// join adds what another part of the same invocation tells. A failure outweighs a success.
func (p *platform) join(part *platform) {
	p.Known, p.Object = p.Known || part.Known, p.Object || part.Object
	p.Part = cmp.Or(p.Part, part.Part)
	p.Trigger = cmp.Or(p.Trigger, part.Trigger)
	if p.Outcome == "" || p.Outcome == "ok" {
		p.Outcome = cmp.Or(part.Outcome, p.Outcome)
	}
	p.Status = cmp.Or(p.Status, part.Status)
	p.Exception = cmp.Or(p.Exception, part.Exception)
	p.Method, p.Path, p.TraceID = cmp.Or(p.Method, part.Method), cmp.Or(p.Path, part.Path), cmp.Or(p.TraceID, part.TraceID)
	p.CPU, p.Wall = cmp.Or(p.CPU, part.CPU), cmp.Or(p.Wall, part.Wall)
}

// ended reports whether this tells how the invocation ended. Of one that is told of in parts, the part that does has its
// wall time; without it, a record may be missing only from this extract.
func (p *platform) ended() bool { return p.Part == "" || p.Wall != nil || p.failed() }

// reset empties the invocation and keeps its memory.
func (in *invocation) reset() {
	*in = invocation{Requests: in.Requests[:0], Others: in.Others[:0]}
}

// add files a record that was read, unless it is none. Memory of an earlier one is used again.
func (in *invocation) add(r *record) {
	list := &in.Others
	switch {
	case r.Event == "" || r.Level == "" && r.TraceID == "":
		return // somebody else's JSON
	case r.Event == requestEvent:
		list = &in.Requests
	}
	*list = append(*list, *r)
}

// only keeps what belongs to an endpoint. It reports whether that is anything.
func (in *invocation) only(endpoint string) bool {
	keep := func(list []record) []record {
		kept := list[:0]
		for _, r := range list {
			if r.Endpoint == endpoint {
				kept = append(kept, r)
			}
		}
		return kept
	}
	bare := len(in.Requests) == 0
	in.Requests, in.Others = keep(in.Requests), keep(in.Others)
	return len(in.Requests)+len(in.Others) > 0 || bare && in.Platform.Path != "" && matches(endpoint, in.Platform.Path)
}

// matches reports whether a path is one of a template's, in which :name stands for one segment.
func matches(template, path string) bool {
	for {
		var want, have string
		var moreWant, moreHave bool
		want, template, moreWant = strings.Cut(template, "/")
		have, path, moreHave = strings.Cut(path, "/")
		if want != have && (!strings.HasPrefix(want, ":") || have == "") || moreWant != moreHave {
			return false
		}
		if !moreWant {
			return true
		}
	}
}
