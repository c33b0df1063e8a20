package items

import (
	"fmt"

	"tracedge/core/fault"
	"tracedge/core/listing"
	"tracedge/core/web"
)

type batchRequest struct {
	Items []createRequest `json:"items"`
}

// maxBatch is how many items a batch may have.
const maxBatch = 500

type batchReply struct {
	Success int           `json:"success_count"`
	Failed  int           `json:"failed_count"`
	Results []batchResult `json:"results"`
}

type batchResult struct {
	Success bool              `json:"success"`
	Item    *listing.Response `json:"item"`
	Error   *string           `json:"error"`
	Pending *string           `json:"pending_id,omitempty"`
}

// batch is I2: its elements one after the other, each as I1 with an operation of its own. A crash leaves whole elements;
// a repeat under the same idempotency key gives each element the operation that it had, so those that are done are only
// read.
func (s *Service) batch(c *web.Call) (any, error) {
	req, err := web.Body[batchRequest](c)
	if err != nil {
		return nil, err
	}
	if len(req.Items) > maxBatch {
		return nil, fault.Invalid("items", "At most 500 items")
	}
	reply := batchReply{Results: make([]batchResult, len(req.Items))}
	for n := range req.Items {
		r := s.element(c, &req.Items[n], fmt.Sprintf("-%d", n))
		if reply.Results[n] = r; r.Success {
			reply.Success++
		} else {
			reply.Failed++
		}
	}
	return reply, nil
}

func (s *Service) element(c *web.Call, req *createRequest, nth string) batchResult {
	want, err := req.read(s.level)
	if err != nil {
		return failed(err)
	}
	cr := newCreation(c, c.StableID("element"+nth), want, nth)
	item, reason, err := s.resolve(c.Context(), &cr)
	switch {
	case err != nil:
		return failed(err)
	case reason != nil:
		return failed(s.hold(c, want, reason, nth))
	}
	r := item.Response()
	return batchResult{Success: true, Item: &r}
}

func failed(err error) batchResult {
	f := fault.From(err)
	r := batchResult{Error: &f.Message}
	if id, ok := f.Extra["pending_id"].(string); ok {
		r.Pending = &id
	}
	return r
}
