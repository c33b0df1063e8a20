package simulate

import (
	"encoding/json"
	"time"

	"tracedge/harness/isolate"
)

// history is every call of every sequencer, for the check that each partition
// behaved like one object that does one thing at a time.
type history struct {
	world *World
	names []string // partitions in order of their first call
	calls map[string][]*entry
}

// entry is one call: when it was made and what is known of its outcome.
type entry struct {
	from    string
	commit  bool
	request request
	called  time.Time
	done    time.Time // when the object answered, zero when it did not
	reply   *reply    // nil when the caller got none that the object had given
	known   bool      // the caller got the reply
	token   string
}

// reply is what a sequencer answers.
type reply struct {
	OK       bool      `json:"ok"`
	Version  int64     `json:"version"`
	Sums     []pair    `json:"sums"`
	Replayed bool      `json:"replayed"`
	Error    string    `json:"error"`
	Keys     []string  `json:"keys"`
	Key      string    `json:"key"`
	Records  []found   `json:"records"`
	Scans    []scanned `json:"scans"`
}

// found is a record of a reply.
type found struct {
	Key     string `json:"k"`
	Version int64  `json:"v"`
	Doc     string `json:"d"`
	Expires int64  `json:"x,omitempty"`
	Edge    string `json:"e,omitempty"`
}

type scanned struct {
	Records []found `json:"records"`
	More    bool    `json:"more"`
	Count   int     `json:"count"`
	Max     int64   `json:"max"`
}

func newHistory(w *World) *history { return &history{world: w, calls: map[string][]*entry{}} }

func (h *history) begin(c *call) *entry {
	e := &entry{from: c.From, commit: c.commit, request: parse(c.request), called: h.world.now}
	e.token = e.request.Token
	if _, known := h.calls[c.Object]; !known {
		h.names = append(h.names, c.Object)
	}
	h.calls[c.Object] = append(h.calls[c.Object], e)
	return e
}

// carriedOut notes what the object answered, whether or not it gets back.
func (h *history) carriedOut(e *entry, r isolate.Reply) {
	if r.Err != nil || len(r.Values) != 1 || e.reply != nil {
		return
	}
	var parsed reply
	if json.Unmarshal([]byte(r.Values[0].Text), &parsed) != nil {
		return
	}
	e.reply, e.done = &parsed, h.world.now
	if parsed.Replayed {
		h.world.happened(TokenReplayed)
	}
}

// answered notes that the reply got back.
func (h *history) answered(e *entry, r isolate.Reply) { e.known = r.Err == nil }

// settled is the history of one partition as far as it has outcomes: what the
// object answered, and commits without an answer that are on disk.
func (h *history) settled(partition string) []*entry {
	var out []*entry
	for _, e := range h.calls[partition] {
		if e.reply != nil {
			out = append(out, e)
			continue
		}
		if at, applied := h.world.disk.applied[partition+" "+e.token]; applied && e.commit && !at.at.Before(e.called) {
			done := *e
			done.done, done.reply = at.at, &reply{OK: true, Version: at.version}
			out = append(out, &done)
		}
	}
	return out
}
