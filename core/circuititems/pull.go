package circuititems

import (
	"context"
	"errors"
	"time"

	"tracedge/core/activity"
	"tracedge/core/canon"
	"tracedge/core/circuits"
	"tracedge/core/circuits/roles"
	"tracedge/core/events"
	"tracedge/core/identifier"
	"tracedge/core/items"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type pullReply struct {
	Item      *pulledItem   `json:"item"`
	Events    []events.Raw  `json:"events"`
	Count     int           `json:"events_count"`
	Operation operationView `json:"operation"`
}

// pulledItem is PullItem of the contract.
type pulledItem struct {
	DFID        string           `json:"dfid"`
	Identifiers []identifier.Raw `json:"identifiers"`
	Data        canon.Object     `json:"enriched_data"`
	Created     web.Secs         `json:"creation_timestamp"`
	Modified    web.Secs         `json:"last_modified"`
	Sources     []string         `json:"source_entries"`
	Confidence  float64          `json:"confidence_score"`
	Status      items.Status     `json:"status"`
}

// mostPulled bounds the events that a pull shows.
const mostPulled = 1000

// pull is PL1 (section 7). In order:
//
//  1. circuit/<id>, item/<dfid>: reads, of what the reply shows
//  2. user/<caller>: the hold, where credits are enforced
//     D  circuit/<id>: the circuit holds the item no more, or the operation waits
//  3. now: item/<dfid> the item half; user/<caller> the hold is settled
//
// A crash between D and 3: the item still names the circuit as its holder, so the caller goes on reading; share and holder
// change together when the row arrives. Of two pulls the second finds the item gone: 404.
func (s *Service) pull(c *web.Call) (any, error) {
	id, err := c.PathUUID("id")
	if err != nil {
		return nil, err
	}
	ctx, p := c.Context(), circuits.Partition(id)
	m := newMove(c, id, c.Operation(), "", Pull, activity.PullItem)
	m.entry.Access = true
	dfid, missing := s.itemOf(ctx, c.Path("dfid"), m.Requester)
	x := subject{dfid: dfid, kind: Pull}
	keys, ranges := x.reads(p, m.Requester)
	v, err := s.store.View(ctx, "circuits_read_pull", p, keys, ranges...)
	if err != nil {
		return nil, err
	}
	sc, err := look(v, p, m.who, x, m.now)
	if err != nil {
		return nil, err
	}
	if err := sc.Change(roles.Pull); err != nil {
		return nil, err
	}
	if missing != nil || sc.held == nil {
		if r := c.Idempotency(); r != nil && r.Resumed {
			if decided, err := s.store.Finish(ctx, p, m.ID); err != nil {
				return nil, err
			} else if decided {
				return nil, web.Processed()
			}
		}
		return nil, noItem()
	}
	m.DFID, m.entry.ResourceID = dfid, dfid
	reply := pullReply{Events: []events.Raw{}}
	if !sc.Head.Permissions.ApprovePull {
		if reply.Item, reply.Events, err = s.pulled(ctx, dfid, m.Requester); err != nil {
			return nil, err
		}
		reply.Count = len(reply.Events)
	}
	show := func(o *Operation) any {
		r := reply
		if o.Status == Pending {
			r = pullReply{Events: []events.Raw{}}
		}
		r.Operation = o.view()
		return r
	}
	m.keep(c, show)
	op := s.store.BeginAs(p, m.ID)
	if sc.pending == "" {
		if err := s.charge(ctx, op, m, sc); err != nil {
			return nil, errors.Join(err, op.Release(ctx, "circuits_release_pull"))
		}
	}
	var out Operation
	wrote := false
	err = op.Decide(ctx, "circuits_create_pull", func(tx *storage.Tx) error {
		wrote = false
		sc, err := look(tx, p, m.who, x, m.now)
		if err != nil {
			return err
		}
		if err := sc.Change(roles.Pull); err != nil {
			return err
		}
		if sc.held == nil {
			return noItem()
		}
		if sc.pending != "" {
			_, err := tx.Get(operationKey(p, sc.pending), &out)
			return err
		}
		wrote, out = true, m.Operation
		if sc.Head.Permissions.ApprovePull {
			err = out.wait(tx, sc.Head)
		} else {
			err = s.completePull(tx, sc.Standing, &out, m.drawn.share, m.drawn.source, "", m.now)
		}
		if err != nil {
			return err
		}
		return s.leave(tx, m, &out)
	}, storage.Reading(append(keys, circuits.PublishedKey(p, dfid))...), storage.Observing(ranges...))
	if err != nil || !wrote && !op.Repeated {
		if err = errors.Join(err, op.Release(ctx, "circuits_return_pull")); err != nil {
			return nil, err
		}
		return show(&out), nil
	}
	if op.Repeated {
		return nil, s.repeated(ctx, op)
	}
	c.Idempotency().Settle()
	return show(&out), nil
}

// pulled is the item of a pull with the events that the caller may see.
func (s *Service) pulled(ctx context.Context, dfid, userID string) (*pulledItem, []events.Raw, error) {
	a, err := s.items.Access(ctx, dfid, userID)
	if err != nil {
		return nil, nil, err
	}
	if !a.See { // the item does not say yet that the circuit holds it
		i, err := s.items.Read(ctx, dfid)
		if err != nil || i == nil {
			return nil, nil, errors.Join(err, noItem())
		}
		a.Item = *i
	}
	i := a.Shown()
	out := &pulledItem{
		DFID: i.DFID, Data: i.Data, Created: web.Secs(i.Created), Modified: web.Secs(i.Modified), Sources: i.Sources,
		Confidence: i.Confidence, Status: i.Status, Identifiers: []identifier.Raw{},
	}
	for _, id := range i.Identifiers {
		out.Identifiers = append(out.Identifiers, id.Raw())
	}
	if out.Sources == nil {
		out.Sources = []string{}
	}
	list, err := s.events.Of(ctx, dfid, userID, mostPulled)
	return out, list, err
}

// completePull is the completion of a pull in its circuit. Errors: 409 item_not_held, for an approval.
func (s *Service) completePull(tx *storage.Tx, st *circuits.Standing, o *Operation, drawn, source, approvedBy string, now time.Time) error {
	h, stamp, err := o.letGo(tx, now)
	if err != nil {
		return err
	}
	if h == nil {
		return conflict("item_not_held", "The circuit does not hold the item")
	}
	o.Status = Completed
	o.put(tx)
	o.note(tx, string(Pull), nil, now)
	return tx.SendOut("circuits_apply_push", half{
		CircuitID: o.CircuitID, DFID: o.DFID, Op: o.ID, Stamp: stamp,
		Event: o.happening(st.Head, events.PulledFrom, "pull", approvedBy, now),
		Share: &share{UserID: o.Requester, Permissions: h.Permissions, Drawn: drawn, Source: source},
	}, storage.Now())
}
