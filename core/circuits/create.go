package circuits

import (
	"context"
	"errors"

	"tracedge/core/accounts"
	"tracedge/core/activity"
	"tracedge/core/circuits/roles"
	"tracedge/core/fault"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type createRequest struct {
	Name        string        `json:"name"`
	Description string        `json:"description"`
	Public      *bool         `json:"allow_public_visibility"`
	ApprovePush *bool         `json:"require_approval_for_push"`
	ApprovePull *bool         `json:"require_approval_for_pull"`
	Settings    *settingsBody `json:"public_settings"`
	Adapter     *adapterBody  `json:"adapter_config"`
	Aliases     *AliasConfig  `json:"alias_config"`
	Namespace   *string       `json:"default_namespace"`
	AutoApprove *bool         `json:"auto_approve_members"` // where the settings do not say
}

const defaultNamespace = "generic"

// check applies the field rules and makes the settings ready. Errors: 422.
func (r *createRequest) check() (*plan, error) {
	if err := checkName("name", r.Name, maxName); err != nil {
		return nil, err
	}
	if err := checkLength("description", &r.Description, maxDescription); err != nil {
		return nil, err
	}
	if err := checkName("default_namespace", or(r.Namespace, defaultNamespace), maxName); err != nil {
		return nil, err
	}
	if err := r.Aliases.check(); err != nil {
		return nil, err
	}
	if r.Settings == nil {
		return nil, nil
	}
	if r.Settings.AutoApprove == nil {
		r.Settings.AutoApprove = r.AutoApprove
	}
	p, err := r.Settings.check()
	if err != nil {
		return nil, err
	}
	if err := p.keep(nil); err != nil {
		return nil, err
	}
	if len(p.published) > 0 {
		return nil, invalid("published_items", "A new circuit holds no items", "unknown", p.published[:min(20, len(p.published))])
	}
	return p, nil
}

// founding is a new circuit, ready to be stored.
type founding struct {
	head     Head
	settings *Settings
	owner    Member
	roles    []Role
	adapter  *Adapter
}

// create founds a circuit: see ownership for its steps and what a crash between them leaves. Everything that can be
// refused is refused before the first step or in it.
func (s *Service) create(c *web.Call) (any, error) {
	req, err := web.Body[createRequest](c)
	if err != nil {
		return nil, err
	}
	p, err := req.check()
	if err != nil {
		return nil, err
	}
	account, err := s.accounts.Get(c.Context(), c.Caller().UserID)
	if err != nil {
		return nil, err
	}
	if account == nil {
		return nil, fault.Unauthorized("Account does not exist")
	}
	if req.Adapter != nil {
		if err := MayUse(account, req.Adapter.Type); err != nil {
			return nil, err
		}
	}
	if err := s.hash(p); err != nil {
		return nil, err
	}
	m := s.changeOf(c, c.StableID("circuit"), activity.CreateCircuit)
	f := req.found(m, p)
	err = s.found(c.Context(), m, f, s.limitOf(account))
	if errors.Is(err, storage.ErrFenced) { // too slow: the reservation was taken away, so take it again
		m.op = s.store.Begin(m.p)
		err = s.found(c.Context(), m, f, s.limitOf(account))
	}
	return m.end(err)
}

// hash makes the hash of a new password. It is slow on purpose and stands before every update.
func (s *Service) hash(p *plan) (err error) {
	if p == nil || p.password != setPassword {
		return nil
	}
	p.PasswordHash, err = accounts.HashPassword(p.secret, s.config.BcryptCost)
	return err
}

func (r *createRequest) found(m *change, p *plan) *founding {
	f := &founding{
		head: Head{
			ID: m.id, Name: r.Name, Description: r.Description, OwnerID: m.viewer.UserID,
			Namespace: or(r.Namespace, defaultNamespace), Aliases: r.Aliases, Status: Active, CreatedAt: m.now, ModifiedAt: m.now,
			Permissions: Flags{set(r.ApprovePush), set(r.ApprovePull), set(r.Public) || p != nil},
		},
		owner: Member{ID: m.viewer.UserID, Role: roles.Owner, JoinedAt: m.now, AddedBy: m.viewer.UserID},
		roles: []Role{
			defaultRole(m, roles.Owner, "All permissions", "#gold"), defaultRole(m, roles.Member, "Push and pull items", "#gray"),
		},
	}
	if p != nil {
		f.settings = &p.Settings
	}
	if r.Adapter != nil {
		f.adapter = r.Adapter.record(m)
	}
	return f
}

func defaultRole(m *change, base roles.Base, description, color string) Role {
	return Role{
		ID: m.call.StableID("role-" + string(base)), Name: string(base), Permissions: base.Permissions(), Description: description,
		Color: &color, CreatedAt: m.now, CreatedBy: "system", Default: true,
	}
}

// found reserves and decides.
func (s *Service) found(ctx context.Context, m *change, f *founding, limit *int) (err error) {
	defer func() {
		if !m.wrote || err != nil {
			err = errors.Join(err, s.release(ctx, m.op))
		}
	}()
	if err := s.reserve(ctx, m.op, f.head.OwnerID, m.id, m.now, limit); err != nil {
		return err
	}
	hashes := []string{roleHash(f.roles[0].Name), roleHash(f.roles[1].Name)}
	return m.op.Decide(ctx, "circuits_create_circuit", func(tx *storage.Tx) error {
		m.wrote, m.repeated = false, false
		if exists, err := tx.Exists(headKey(m.p)); err != nil {
			return err
		} else if exists { // under an idempotency key: another run of the request was not dead, only slow
			m.repeated = true
			return nil
		}
		return f.put(tx, m, hashes)
	}, storage.AssumeAbsent(headKey(m.p)))
}

// put writes the circuit.
func (f *founding) put(tx *storage.Tx, m *change, hashes []string) error {
	head := f.head
	d := &draft{
		change: m, tx: tx, actor: m.viewer.UserID, dirty: true,
		Standing: &Standing{Head: &head, Settings: f.settings, Viewer: m.viewer, Member: &f.owner, Permissions: roles.All, now: m.now},
		state:    &state{members: []Member{f.owner}, roles: f.roles, changed: m.now},
	}
	if err := d.putHead(); err != nil {
		return err
	}
	if f.settings != nil {
		tx.Put(settingsKey(m.p), f.settings)
	}
	if f.adapter != nil {
		tx.Put(AdapterKey(m.p), f.adapter)
	}
	tx.Put(memberKey(m.p, f.owner.ID), f.owner)
	for i, r := range f.roles {
		tx.Put(roleKey(m.p, hashes[i]), r)
	}
	if err := d.count(tallyMembers, 1, maxMembers); err != nil {
		return err
	}
	if err := d.settleOwnership(); err != nil {
		return err
	}
	if err := d.relist(nil); err != nil {
		return err
	}
	d.show()
	return d.leave()
}

// settleOwnership tells the owner's partition that the reserved circuit is there and counts.
func (d *draft) settleOwnership() error {
	row := d.pointer()
	row.Owned = true
	return d.tx.Send("circuits_settle_ownership", accounts.Partition(d.Head.OwnerID), row, storage.Now())
}
