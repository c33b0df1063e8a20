package circuits

import (
	"tracedge/core/accounts"
	"tracedge/core/activity"
	"tracedge/core/adaptertype"
	"tracedge/core/circuits/roles"
	"tracedge/core/fault"
	"tracedge/core/notices"
	"tracedge/core/storage"
	"tracedge/core/web"
)

func (s *Service) adapterRoutes() []web.Route {
	return []web.Route{
		of("GET", "/adapter", "Where a circuit uploads its items to.", nil, adapterView{}, s.getAdapter),
		of("PUT", "/adapter", "Set where a circuit uploads its items to.", adapterBody{}, adapterView{}, s.setAdapter),
	}
}

type adapterBody struct {
	Type     *adaptertype.Type `json:"adapter_type"`
	Approval *bool             `json:"requires_approval"`
	Migrate  *bool             `json:"auto_migrate_existing"`
	Sponsor  *bool             `json:"sponsor_adapter_access"`
}

// record is the adapter as a change stores it.
func (b *adapterBody) record(m *change) *Adapter {
	return &Adapter{
		CircuitID: m.id, Type: b.Type, ConfiguredBy: m.viewer.UserID, ConfiguredAt: m.now,
		Approval: set(b.Approval), Migrate: set(b.Migrate), Sponsor: set(b.Sponsor),
	}
}

// adapterView is the adapter as clients see it.
type adapterView struct {
	Type         *adaptertype.Type `json:"adapter_type"`
	Sponsor      bool              `json:"sponsor_adapter_access"`
	Approval     bool              `json:"requires_approval"`
	Migrate      bool              `json:"auto_migrate_existing"`
	ConfiguredBy string            `json:"configured_by"`
	ConfiguredAt web.TimeOffset    `json:"configured_at"`
}

func (a *Adapter) view() adapterView {
	return adapterView{a.Type, a.Sponsor, a.Approval, a.Migrate, a.ConfiguredBy, web.TimeOffset(a.ConfiguredAt)}
}

// same tells whether two adapters are configured alike.
func (a *Adapter) same(o *Adapter) bool {
	if a == nil || (a.Type == nil) != (o.Type == nil) || a.Type != nil && *a.Type != *o.Type {
		return false
	}
	return a.Approval == o.Approval && a.Migrate == o.Migrate && a.Sponsor == o.Sponsor
}

// MayUse refuses an adapter outside the account's allowed set; none, and nil, are everybody's. Errors: 403
// adapter_not_allowed.
func MayUse(a *accounts.Loaded, t *adaptertype.Type) error {
	if t == nil || *t == adaptertype.None {
		return nil
	}
	for _, allowed := range a.AllowedAdapters() {
		if allowed == *t {
			return nil
		}
	}
	return forbidden("adapter_not_allowed", "The tier "+string(a.Tier)+" does not offer the adapter "+string(*t)).
		With("adapter_type", *t).With("available_adapters", append([]adaptertype.Type{}, a.AllowedAdapters()...)).With("tier", a.Tier)
}

// getAdapter is AD1. One call of the sequencer.
func (s *Service) getAdapter(c *web.Call) (any, error) {
	id, err := c.PathUUID("id")
	if err != nil {
		return nil, err
	}
	p, who := Partition(id), ViewerOf(c)
	v, err := s.store.View(c.Context(), "circuits_get_adapter", p, append(standingKeys(p, who.UserID), AdapterKey(p)), customs(p))
	if err != nil {
		return nil, err
	}
	standing, err := reader(v, p, c, "")
	if err != nil {
		return nil, err
	}
	a, err := GetAdapter(v, p)
	if err != nil {
		return nil, err
	}
	if a == nil {
		a = &Adapter{ConfiguredBy: "system", ConfiguredAt: standing.Head.CreatedAt}
	}
	view := a.view()
	if view.Type == nil {
		none := adaptertype.None
		view.Type = &none
	}
	return view, nil
}

// setAdapter is AD2. The account is read before, and judged after the rights; the commit holds the adapter, the notices of
// all members and the activity. A crash before it leaves nothing, after it the notices are rows, each applied once.
func (s *Service) setAdapter(c *web.Call) (any, error) {
	m := s.change(c, activity.UpdateAdapter).access()
	m.apart = true
	body, failure := web.Body[adapterBody](c)
	if failure == nil {
		account, err := s.accounts.Get(c.Context(), m.viewer.UserID)
		switch {
		case err != nil:
			return nil, err
		case account == nil:
			return nil, fault.Unauthorized("Account does not exist")
		}
		failure = MayUse(account, body.Type)
	}
	options := append(m.briefly(AdapterKey(m.p)), storage.Observing(members(m.p)))
	return m.end(m.op.Decide(c.Context(), "circuits_update_adapter", m.run(func(d *draft) error {
		if err := d.Change(roles.ManagePermissions); err != nil {
			return err
		}
		if failure != nil {
			return failure
		}
		next := body.record(m)
		old, err := GetAdapter(d.tx, d.p)
		switch {
		case err != nil:
			return err
		case old.same(next):
			d.change.reply = old.view()
			return nil
		}
		d.changes()
		if err := d.tx.Put(AdapterKey(d.p), next); err != nil {
			return err
		}
		d.change.reply = next.view()
		return d.tellMembers(notices.CircuitAdapterConfigUpdated, func() map[string]any {
			data := map[string]any{"adapter_type": nil, "sponsor_adapter_access": next.Sponsor, "configured_by": next.ConfiguredBy}
			if next.Type != nil {
				data["adapter_type"] = next.Type.Pascal()
			}
			return data
		})
	}), options...))
}
