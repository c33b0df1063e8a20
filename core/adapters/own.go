package adapters

import (
	"slices"

	"tracedge/core/accounts"
	"tracedge/core/adaptertype"
	"tracedge/core/audit"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type allowedReply struct {
	Success  bool              `json:"success"`
	Adapters []allowedAdapter  `json:"adapters"`
	UserID   string            `json:"user_id"`
	Tier     accounts.Tier     `json:"tier"`
	Custom   bool              `json:"using_custom_adapters"`
	Count    int               `json:"count"`
	Selected *adaptertype.Type `json:"selected_adapter"`
}

type allowedAdapter struct {
	Type        adaptertype.Type    `json:"adapter_type"`
	Name        adaptertype.Type    `json:"name"`
	Description string              `json:"description"`
	Items       adaptertype.Backend `json:"item_storage"`
	Events      adaptertype.Backend `json:"event_storage"`
	Blockchain  bool                `json:"requires_blockchain"`
	Available   bool                `json:"available"`  // this build implements it
	Configured  bool                `json:"configured"` // an active configuration exists
}

// allowed shows the adapters that the caller may use. Account and configurations are read from the sequencer: an admin's
// change shows at once.
func (s *Service) allowed(c *web.Call) (any, error) {
	a, err := s.accounts.Get(c.Context(), c.Caller().UserID)
	switch {
	case err != nil:
		return nil, err
	case a == nil:
		return nil, fault.Unauthorized("Account does not exist")
	}
	configs, err := s.configs(c.Context())
	if err != nil {
		return nil, err
	}
	types := a.AllowedAdapters()
	reply := allowedReply{
		Success: true, Adapters: make([]allowedAdapter, 0, len(types)), UserID: a.UserID, Tier: a.Tier,
		Custom: a.AvailableAdapters != nil,
	}
	for _, t := range types {
		if t == adaptertype.None {
			continue
		}
		p := t.Properties()
		reply.Adapters = append(reply.Adapters, allowedAdapter{
			t, t, p.Description, p.Items, p.Events, p.Blockchain, Implemented(t), used(configs, t) != nil,
		})
	}
	reply.Count = len(reply.Adapters)
	if a.SelectedAdapter != "" {
		reply.Selected = &a.SelectedAdapter
	}
	return reply, nil
}

type selectRequest struct {
	Type adaptertype.Type `json:"adapter_type"`
}

type selectReply struct {
	Success     bool             `json:"success"`
	Message     string           `json:"message"`
	UserID      string           `json:"user_id"`
	Type        adaptertype.Type `json:"adapter_type"`
	Description string           `json:"description"`
	UpdatedAt   web.TimeZ        `json:"updated_at"`
}

// choose keeps the caller's choice. One commit in user/<id>: the account, the audit event, and the response under the
// request's idempotency key. The allowed set is that of the account as the commit finds it.
func (s *Service) choose(c *web.Call) (any, error) {
	req, err := web.Body[selectRequest](c)
	if err != nil {
		return nil, err
	}
	now, id := c.Now(), c.Caller().UserID
	reply := selectReply{true, "Adapter selected", id, req.Type, req.Type.Properties().Description, web.TimeZ(now)}
	key := c.Idempotency()
	rendered, err := key.Render(reply)
	if err != nil {
		return nil, err
	}
	kept := idem.Prepare(key, rendered, now)
	event := audit.Event{
		ID: c.StableID("event"), Type: "User", Action: "adapter_select", Resource: "account", Outcome: audit.Success,
		Severity: "Low", UserID: id, SubjectID: id, Details: map[string]any{"adapter_type": req.Type}, Time: now,
	}
	p := accounts.Partition(id)
	err = s.store.Update(c.Context(), "accounts_select_adapter", p, func(tx *storage.Tx) error {
		a, ok, err := accounts.GetAccount(tx, id)
		switch {
		case err != nil:
			return err
		case !ok:
			return fault.Unauthorized("Account does not exist")
		case req.Type != adaptertype.None && !slices.Contains(a.AllowedAdapters(), req.Type):
			return fault.Forbidden("The adapter is not available to the account").With("adapter_type", req.Type).
				With("available_adapters", a.AllowedAdapters())
		}
		a.SelectedAdapter, a.UpdatedAt = req.Type, now
		accounts.PutAccount(tx, a)
		audit.Put(tx, p, event)
		return kept.Put(tx)
	}, storage.Reading(accounts.Key(p)))
	if err != nil {
		return nil, err
	}
	key.Settle()
	return reply, nil
}

type templatesReply struct {
	Success   bool                          `json:"success"`
	Templates map[adaptertype.Type]template `json:"templates"`
}

type template struct {
	Description      string `json:"description"`
	Cost             string `json:"cost"`
	Scalability      string `json:"scalability"`
	Decentralization string `json:"decentralization"`
	UseCase          string `json:"use_case"`
}

// templates say for whom an adapter is.
func (s *Service) templates(*web.Call) (any, error) {
	return templatesReply{true, map[adaptertype.Type]template{
		adaptertype.None: {"Items and events stay in the service's own storage", "None", "Grows with the service",
			"None: the operator keeps everything", "Trying things out, and data that need not leave the service"},
		adaptertype.IPFS: {"Items and events on IPFS, found and verified by their content", "Storage of the nodes that pin",
			"High: no ledger takes part", "Good: any node can keep and serve a copy", "Sharing and verifying content without a ledger"},
		adaptertype.StellarTestnet: {"Items on the Stellar test network, events on IPFS", "Free test tokens and IPFS storage",
			"Medium: a transaction for each item", "Good, but the test network is reset from time to time", "Trying out a ledger before going live"},
		adaptertype.StellarMainnet: {"Items on the Stellar network, events on IPFS", "A small fee for each transaction and IPFS storage",
			"Medium: a transaction for each item", "High: a public ledger", "Proofs that others must be able to check years later"},
	}}, nil
}
