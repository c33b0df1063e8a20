package circuits

import (
	"context"
	"errors"

	"tracedge/core/accounts"
	"tracedge/core/activity"
	"tracedge/core/circuits/roles"
	"tracedge/core/notices"
	"tracedge/core/storage"
	"tracedge/core/web"
)

func (s *Service) circuitRoutes() []web.Route {
	list := web.Route{
		Method: "GET", Pattern: prefix, Aliases: []string{prefix + "/list"}, Class: web.Optional,
		Doc: "The caller's circuits and the public ones, newest first.", Query: listQuery{}, Response: []circuitView{}, Handler: s.list,
	}
	return []web.Route{
		{
			Method: "POST", Pattern: prefix, Class: web.User, Doc: "Found a circuit.",
			Request: createRequest{}, Response: circuitView{}, Handler: s.create,
		},
		list,
		{
			Method: "GET", Pattern: prefix + "/member/:member_id", Class: web.User, Doc: "A member's circuits, as far as they are the caller's too.",
			Query: memberQuery{}, Response: []circuitView{}, Handler: s.listOf,
		},
		of("GET", "", "A circuit, as the caller may see it.", nil, circuitView{}, s.get),
		of("PATCH", "", "Change a circuit; what is absent stays.", updateRequest{}, circuitView{}, s.update),
		of("PUT", "", "Change a circuit; what is absent stays.", updateRequest{}, circuitView{}, s.update),
		of("PUT", "/deactivate", "Stop a circuit; members keep reading.", nil, circuitView{}, s.deactivate),
		of("PUT", "/reactivate", "Have a circuit work again.", nil, circuitView{}, s.reactivate),
		enveloped(of("PUT", "/visibility/toggle", "Flip the visibility of a circuit.", nil, toggleReply{}, s.toggle)),
	}
}

// open reads a circuit whole. One call of the sequencer.
func (s *Service) open(ctx context.Context, id string, who Viewer) (*Standing, *state, error) {
	p, now := Partition(id), s.store.Now()
	v, err := s.store.View(ctx, "circuits_get_circuit", p, stateKeys(p), stateRanges(p)...)
	if err != nil {
		return nil, nil, err
	}
	standing, err := Stand(v, p, who, now)
	if err != nil {
		return nil, nil, err
	}
	st, err := load(v, v.Range, p)
	return standing, st, err
}

func (s *Service) get(c *web.Call) (any, error) {
	id, err := c.PathUUID("id")
	if err != nil {
		return nil, err
	}
	standing, st, err := s.open(c.Context(), id, ViewerOf(c))
	if err != nil {
		return nil, err
	}
	if err := standing.See(); err != nil {
		return nil, err
	}
	return st.show(standing.Viewer, standing.now), nil
}

type updateRequest struct {
	Name        *string     `json:"name"`
	Description *string     `json:"description"`
	Permissions *flagsPatch `json:"permissions"`
}

type flagsPatch struct {
	ApprovePush *bool `json:"require_approval_for_push"`
	ApprovePull *bool `json:"require_approval_for_pull"`
	Public      *bool `json:"allow_public_visibility"`
}

func (r *updateRequest) check() error {
	if r.Name != nil {
		if err := checkName("name", *r.Name, maxName); err != nil {
			return err
		}
	}
	return checkLength("description", r.Description, maxDescription)
}

// apply changes a head and reports whether anything is different.
func (r *updateRequest) apply(h *Head) bool {
	different := false
	patch(&h.Name, r.Name, &different)
	patch(&h.Description, r.Description, &different)
	if f := r.Permissions; f != nil {
		patch(&h.Permissions.ApprovePush, f.ApprovePush, &different)
		patch(&h.Permissions.ApprovePull, f.ApprovePull, &different)
		patch(&h.Permissions.Public, f.Public, &different)
	}
	return different
}

func patch[T comparable](into, from *T, different *bool) {
	if from != nil && *from != *into {
		*into, *different = *from, true
	}
}

// update is CI5. What the body says is judged after the rights.
func (s *Service) update(c *web.Call) (any, error) {
	m := s.change(c, activity.UpdateCircuit).access()
	req, failure := web.Body[updateRequest](c)
	if failure == nil {
		failure = req.check()
	}
	return m.end(m.op.Decide(c.Context(), "circuits_update_circuit", m.run(func(d *draft) error {
		if err := d.Change(roles.ManagePermissions); err != nil {
			return err
		}
		if failure != nil {
			return failure
		}
		listed := d.listing()
		if !req.apply(d.Head) {
			d.show()
			return nil
		}
		return d.changeHead(listed)
	}), m.ahead()...))
}

// changeHead writes a changed head with what follows from it, and tells the owner.
func (d *draft) changeHead(listed *listing) error {
	d.changes()
	if err := d.putHead(); err != nil {
		return err
	}
	if err := d.relist(listed); err != nil {
		return err
	}
	if err := d.tellOwner(notices.CircuitUpdated, map[string]any{"change": d.entry.Action, "changed_by": d.viewer.UserID}); err != nil {
		return err
	}
	d.show()
	return nil
}

func (s *Service) deactivate(c *web.Call) (any, error) {
	m := s.change(c, activity.DeactivateCircuit).access()
	return m.end(m.op.Decide(c.Context(), "circuits_deactivate_circuit", m.run(func(d *draft) error {
		if err := d.Right(roles.ManagePermissions); err != nil {
			return err
		}
		if d.Head.Status == Inactive {
			d.show()
			return nil
		}
		listed := d.listing()
		d.Head.Status = Inactive
		if err := d.tx.Send("circuits_release_ownership", accounts.Partition(d.Head.OwnerID), d.pointer(), storage.Now()); err != nil {
			return err
		}
		return d.changeHead(listed)
	}), m.ahead()...))
}

// reactivate is CI7: see ownership for its steps. The rights are looked at before anything is reserved, and again by the
// commit.
func (s *Service) reactivate(c *web.Call) (any, error) {
	m := s.change(c, activity.ReactivateCircuit).access()
	standing, st, err := s.open(c.Context(), m.id, m.viewer)
	if err != nil {
		return nil, err
	}
	if err := standing.Right(roles.ManagePermissions); err != nil {
		return nil, err
	}
	if st.head.Status == Active {
		return st.show(m.viewer, m.now), nil
	}
	var limit *int
	if s.config.LimitsEnforced {
		owner, err := s.accounts.Get(c.Context(), st.head.OwnerID)
		if err != nil {
			return nil, err
		}
		limit = s.limitOf(owner)
	}
	err = s.revive(c.Context(), m, &st.head, limit)
	if errors.Is(err, storage.ErrFenced) { // too slow: the reservation was taken away, so take it again
		m.op = s.store.Begin(m.p)
		err = s.revive(c.Context(), m, &st.head, limit)
	}
	return m.end(err)
}

func (s *Service) revive(ctx context.Context, m *change, h *Head, limit *int) (err error) {
	defer func() {
		if !m.wrote || err != nil {
			err = errors.Join(err, s.release(ctx, m.op))
		}
	}()
	if err := s.reserve(ctx, m.op, h.OwnerID, m.id, h.CreatedAt, limit); err != nil {
		return err
	}
	return m.op.Decide(ctx, "circuits_reactivate_circuit", m.run(func(d *draft) error {
		if err := d.Right(roles.ManagePermissions); err != nil {
			return err
		}
		if d.Head.Status == Active { // somebody else did it meanwhile
			d.show()
			return nil
		}
		listed := d.listing()
		d.Head.Status = Active
		if err := d.settleOwnership(); err != nil {
			return err
		}
		return d.changeHead(listed)
	}), m.ahead()...)
}

type toggleReply struct {
	Success    bool   `json:"success"`
	CircuitID  string `json:"circuit_id"`
	Name       string `json:"name"`
	Visibility string `json:"visibility"` // public or private
	Public     bool   `json:"allow_public_visibility"`
}

// toggle is CI8: it reads and flips in one commit, so two toggles end where they began.
func (s *Service) toggle(c *web.Call) (any, error) {
	m := s.change(c, activity.ToggleVisibility).access()
	return m.end(m.op.Decide(c.Context(), "circuits_toggle_visibility", m.run(func(d *draft) error {
		if err := d.Change(roles.ManagePermissions); err != nil {
			return err
		}
		listed := d.listing()
		d.Head.Permissions.Public = !d.Head.Permissions.Public
		if err := d.changeHead(listed); err != nil {
			return err
		}
		reply := toggleReply{true, d.id, d.Head.Name, "private", d.Head.Permissions.Public}
		if reply.Public {
			reply.Visibility = "public"
		}
		d.change.reply = reply
		return nil
	}), m.briefly()...))
}
