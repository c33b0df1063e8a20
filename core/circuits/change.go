package circuits

import (
	"errors"
	"time"

	"tracedge/core/activity"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// change is one mutation of a circuit: what a request brings along, and what its deciding commit has made of it.
//
// A handler makes it with Service.change, decides with the function that run returns, and answers with what end returns.
// The commit holds everything that follows: rows of the circuit, pointers to other partitions, side records, and the
// response kept under an idempotency key. A crash before it leaves nothing; after it the sweep delivers what is missing,
// and a repeat with the key gets the response.
type change struct {
	service *Service
	call    *web.Call
	id      string // of the circuit
	p       storage.Partition
	viewer  Viewer
	now     time.Time
	entry   activity.Entry
	notice  string // id of the notices
	op      *storage.Operation
	kept    idem.Kept

	apart bool // the circuit itself shows nothing of what is changed
	quiet bool // leaves no activity

	repeated bool // an earlier run of the request has made the change
	wrote    bool // there was something to change
	reply    any  // what the handler answers
}

// change begins a mutation of the circuit that the path names.
func (s *Service) change(c *web.Call, kind activity.Kind) *change {
	id, _ := c.PathUUID("id")
	return s.changeOf(c, id, kind)
}

func (s *Service) changeOf(c *web.Call, id string, kind activity.Kind) *change {
	now := c.Now()
	return &change{
		service: s, call: c, id: id, p: Partition(id), viewer: ViewerOf(c), now: now,
		entry: activity.Of(c, kind, id), notice: c.StableID("notice"),
		op: s.store.BeginAs(Partition(id), c.Operation()), kept: idem.Prepare(c.Idempotency(), web.Rendered{}, now),
	}
}

// access marks the change as one of rights.
func (m *change) access() *change {
	m.entry.Access = true
	return m
}

// draft is one run of a change's function.
type draft struct {
	*change
	*Standing
	tx    *storage.Tx
	state *state // nil unless the change observes it
	actor string // who decides: the caller, or system
	dirty bool
}

// ahead fetches, before the function first runs, what it stands on and what the reply shows. What is only shown makes no
// conflict, so that changes of different rows run side by side.
func (m *change) ahead(more ...storage.Key) []storage.UpdateOption {
	keys := append(standingKeys(m.p, m.viewer.UserID), more...)
	return []storage.UpdateOption{storage.Reading(keys...), storage.Observing(stateRanges(m.p)...)}
}

// briefly is ahead for a change whose reply does not show the circuit: of its rows only the roles are observed.
func (m *change) briefly(more ...storage.Key) []storage.UpdateOption {
	keys := append(standingKeys(m.p, m.viewer.UserID), more...)
	return []storage.UpdateOption{storage.Reading(keys...), storage.Observing(customs(m.p), tallies(m.p))}
}

// run is the function of the deciding commit. It finds the standing of the caller, lets fn decide, and adds what every
// change leaves. A run of fn that marks nothing as changed writes nothing.
func (m *change) run(fn func(*draft) error) func(*storage.Tx) error {
	return func(tx *storage.Tx) error {
		m.wrote, m.reply = false, nil
		standing, err := Stand(tx, m.p, m.viewer, m.now)
		if err != nil {
			return err
		}
		d := &draft{change: m, Standing: standing, tx: tx, actor: m.viewer.UserID}
		if d.state, err = load(tx, tx.Observed, m.p); err != nil {
			return err
		}
		if err := fn(d); err != nil || !d.dirty {
			return err
		}
		return d.leave()
	}
}

// leave adds to the commit what every change leaves.
func (d *draft) leave() error {
	d.change.wrote = true
	if !d.apart {
		if err := Touch(d.tx, d.now()); err != nil {
			return err
		}
	}
	if !d.quiet {
		if err := activity.Send(d.tx, d.entry); err != nil {
			return err
		}
	}
	rendered, err := d.call.Idempotency().Render(d.reply)
	if err != nil {
		return err
	}
	return d.kept.With(rendered).Put(d.tx)
}

// changes marks the run as one that changes the circuit, at the time of the request.
func (d *draft) changes() {
	d.dirty = true
	if d.state != nil {
		d.state.changed = d.now()
	}
}

func (d *draft) now() time.Time { return d.change.now }

// show has the handler answer with the circuit as the run leaves it.
func (d *draft) show() { d.change.reply = d.state.show(d.viewer, d.now()) }

// stamp orders the pointers of a circuit: it is the version of the latest change before this one, so that of two commits
// which follow each other the second has the greater. Commits that do not follow each other change different pointers.
func (d *draft) stamp() int64 {
	k := tallyKey(d.p, tallyChanged)
	for _, r := range d.tx.Observed(tallies(d.p)) {
		if r.Key == k {
			return r.Version
		}
	}
	return 0
}

// count changes a number of the circuit; with a limit the commit is refused that would pass it.
func (d *draft) count(what string, n, limit int64) error {
	var b storage.Bounds
	if n > 0 {
		b.Max = &limit
	}
	return d.tx.Add(tallyKey(d.p, what), n, b, nil)
}

// end answers the request after the commit. Errors of the commit pass, with a limit that it met as a 409.
func (m *change) end(err error) (any, error) {
	var bound *storage.BoundError
	switch {
	case errors.As(err, &bound):
		return nil, m.full(bound)
	case err != nil:
		return nil, err
	case m.op.Repeated || m.repeated:
		return m.again()
	case m.wrote:
		m.call.Idempotency().Settle()
	}
	return m.reply, nil
}

// full is the 409 of a limit.
func (m *change) full(b *storage.BoundError) error {
	for what, limit := range map[string]int{tallyMembers: maxMembers, tallyRoles: maxRoles, tallyRequests: maxRequests} {
		if b.Key == tallyKey(m.p, what) {
			return conflict("circuit_full", "The circuit has reached a limit").With("limit_name", what).With("limit", limit)
		}
	}
	return b
}

// again answers a request whose change an interrupted run has made: with the response that was kept with it.
func (m *change) again() (any, error) {
	answer, ok, err := m.earlier()
	if err == nil && !ok {
		err = fault.Conflict("", "The request has been processed meanwhile").WithHeader("Retry-After", "1")
	}
	return answer, err
}

// earlier is the answer that an interrupted run of the request has kept, if it has come so far.
func (m *change) earlier() (any, bool, error) {
	ctx, key := m.call.Context(), m.call.Idempotency()
	if err := m.op.Finish(ctx); err != nil {
		return nil, false, err
	}
	kept, ok, err := m.service.idem.Kept(ctx, key)
	if !ok || err != nil {
		return nil, false, err
	}
	key.Settle()
	return web.Replay(kept), true, nil
}
