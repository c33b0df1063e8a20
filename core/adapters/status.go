package adapters

import (
	"tracedge/core/adaptertype"
	"tracedge/core/fault"
	"tracedge/core/web"
)

type statusReply struct {
	Success bool             `json:"success"`
	Type    adaptertype.Type `json:"adapter_type"`
	Status  adapterStatus    `json:"status"`
}

type adapterStatus struct {
	Type     adaptertype.Type `json:"adapter_type"`
	Synced   bool             `json:"is_synced"`
	Pending  int64            `json:"pending_operations"`
	LastSync *web.TimeZ       `json:"last_sync"`
	Errors   int64            `json:"error_count"`
	Details  map[string]any   `json:"details"`
}

// status probes an adapter and counts the caller's uploads to it; an admin sees those of all.
func (s *Service) status(c *web.Call) (any, error) {
	r, err := s.pathAdapter(c)
	if err != nil {
		return nil, err
	}
	got, _ := s.probe(c.Context(), r)
	if got.err != nil {
		return nil, failedProbe(got.err, r.Type)
	}
	whose := c.Caller().UserID
	if c.Caller().Admin {
		whose = "" // of all
	}
	n, err := s.counts.Uploads(c.Context(), whose, r.Type)
	if err != nil {
		return nil, err
	}
	out := adapterStatus{Type: r.Type, Synced: n.Pending == 0, Pending: n.Pending, Errors: n.Failed, Details: map[string]any{
		"implementation_status": "implemented", "ipfs_node": r.Host(), "ipfs_connected": true,
	}}
	if n.LastSync != nil {
		at := web.TimeZ(*n.LastSync)
		out.LastSync = &at
	}
	return statusReply{true, r.Type, out}, nil
}

type healthReply struct {
	Success   bool             `json:"success"`
	Type      adaptertype.Type `json:"adapter_type"`
	Healthy   bool             `json:"healthy"`
	CheckedAt web.TimeZ        `json:"checked_at"`
}

// health probes an adapter and keeps the result with its configuration after the response. A result that is reused was
// kept when it was made.
func (s *Service) health(c *web.Call) (any, error) {
	r, err := s.pathAdapter(c)
	if err != nil {
		return nil, err
	}
	got, fresh := s.probe(c.Context(), r)
	if fresh || r.TestedAt == nil {
		if err := s.recordTest(c.Context(), r.ID, got); err != nil {
			return nil, err
		}
	}
	if got.err != nil {
		return nil, failedProbe(got.err, r.Type).With("healthy", false).With("checked_at", web.TimeZ(got.at))
	}
	return healthReply{true, r.Type, true, web.TimeZ(got.at)}, nil
}

func failedProbe(err error, t adaptertype.Type) *fault.Error {
	return fault.From(err).With("adapter_type", t)
}

// pathAdapter is the adapter that the path names. Errors: 400, and those of Find.
func (s *Service) pathAdapter(c *web.Call) (*Remote, error) {
	text := c.Path("adapter_type")
	t, ok := adaptertype.Parse(text)
	if !ok {
		return nil, fault.BadRequest("adapter_type", "Unknown value").With("provided", text).With("allowed", t.Allowed())
	}
	return s.Find(c.Context(), t)
}
