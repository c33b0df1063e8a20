package circuititems

import (
	"fmt"

	"tracedge/core/activity"
	"tracedge/core/canon"
	"tracedge/core/circuits"
	"tracedge/core/circuits/roles"
	"tracedge/core/fault"
	"tracedge/core/web"
)

type batchRequest struct {
	Items []batchElement `json:"items"`
}

type batchElement struct {
	DFID string       `json:"dfid"`
	Data *canon.Value `json:"data"` // ignored
}

// maxBatch is how many items a batch may have.
const maxBatch = 500

type batchReply struct {
	Success int           `json:"success_count"`
	Failed  int           `json:"failed_count"`
	Results []batchResult `json:"results"`
}

type batchResult struct {
	DFID        string  `json:"dfid"`
	Success     bool    `json:"success"`
	Error       *string `json:"error_message"`
	OperationID *string `json:"operation_id"`
	Status      *Status `json:"operation_status"`
}

// batch is PU3: its elements one after the other, each as PU1 with an operation of its own. A crash leaves whole elements;
// a repeat under the same idempotency key gives each element the operation that it had, so those that are done are only
// reported.
func (s *Service) batch(c *web.Call) (any, error) {
	id, err := c.PathUUID("id")
	if err != nil {
		return nil, err
	}
	st, err := circuits.CheckMembership(c.Context(), s.store, id, circuits.ViewerOf(c))
	if err == nil {
		err = st.Change(roles.Push)
	}
	if err != nil {
		return nil, err
	}
	req, err := web.Body[batchRequest](c)
	if err != nil {
		return nil, err
	}
	if len(req.Items) > maxBatch {
		return nil, fault.Invalid("items", "At most 500 items")
	}
	reply := batchReply{Results: make([]batchResult, len(req.Items))}
	for n, e := range req.Items {
		r := batchResult{DFID: e.DFID}
		o, err := s.element(c, id, e.DFID, fmt.Sprintf("-%d", n))
		if err != nil {
			text := fault.From(err).Message
			r.Error = &text
			reply.Failed++
		} else {
			r.Success, r.OperationID, r.Status = true, &o.ID, &o.Status
			reply.Success++
		}
		reply.Results[n] = r
	}
	return reply, nil
}

func (s *Service) element(c *web.Call, circuitID, dfid, nth string) (*Operation, error) {
	m := newMove(c, circuitID, c.KeyedID("element"+nth), nth, Push, activity.PushItem)
	if c.Idempotency() != nil {
		if o, err := s.done(c, m); o != nil || err != nil {
			return o, err
		}
	}
	o, _, err := s.pushItem(c.Context(), m, dfid)
	return o, err
}

// done is the operation of an element that an earlier run of the request has decided, nil for none.
func (s *Service) done(c *web.Call, m *move) (*Operation, error) {
	p := circuits.Partition(m.CircuitID)
	decided, err := s.store.Finish(c.Context(), p, m.ID)
	if err != nil || !decided {
		return nil, err
	}
	found, err := s.store.Read(c.Context(), "circuits_read_done", p, operationKey(p, m.ID))
	if err != nil {
		return nil, err
	}
	o := new(Operation)
	if ok, err := found.Get(operationKey(p, m.ID), o); !ok || err != nil {
		return nil, err
	}
	return o, nil
}
