package breakdown

import "cmp"

// traces are what an invocation left of itself in the log.
type traces struct {
	requests int // request records, without those that were counted before
	failures int // of those, how many tell of an error
	notices  int // other records that tell of a failure, storage_error aside
}

// coverage counts failed invocations by whether they say that they failed. Those that do not are what an operator is
// blind to: the platform ended them, or an error got past everything that records errors.
type coverage struct {
	failed, covered int64
	missing         counts // by outcome
}

// add judges one invocation.
func (c *coverage) add(p *platform, left traces) {
	failed := left.failures > 0 || p.failed() || left.requests == 0 && p.isRequest() && p.Status >= 400
	if !failed {
		return
	}
	c.failed++
	explained := left.failures > 0 || left.notices > 0 || left.requests > 0 && p.clientGone()
	if p.isRequest() && left.requests == 0 {
		explained = false // a request's own record is the one that counts
	}
	if explained {
		c.covered++
	} else {
		c.missing.add(p.missing())
	}
}

// missing names how an invocation ended without saying so.
func (p *platform) missing() string {
	outcome := p.Outcome
	if outcome == "" || outcome == "ok" {
		if outcome = "no record"; p.Exception != "" {
			outcome = "exception"
		}
	}
	switch {
	case p.Object:
		return outcome + " (durable object)"
	case !p.isRequest():
		return outcome + " (" + cmp.Or(p.Trigger, "unknown trigger") + ")"
	}
	return outcome
}

// Coverage tells how many failed invocations carry a structured record of their failure.
type Coverage struct {
	Failed  int64   `json:"failed"`
	Covered int64   `json:"covered"`
	Share   float64 `json:"share"`              // 1 when nothing failed
	Missing []Count `json:"missing_by_outcome"` // exception, exceededCpu, exceededMemory, canceled, no record, ...
}

func (c *coverage) summary() Coverage {
	out := Coverage{c.failed, c.covered, 1, c.missing.ranked()}
	if c.failed > 0 {
		out.Share = share(c.covered, c.failed)
	}
	return out
}
