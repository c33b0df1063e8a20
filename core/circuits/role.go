package circuits

import (
	"tracedge/core/activity"
	"tracedge/core/circuits/roles"
	"tracedge/core/fault"
	"tracedge/core/storage"
	"tracedge/core/web"
)

func (s *Service) roleRoutes() []web.Route {
	return []web.Route{
		of("POST", "/roles", "Create a role.", newRole{}, roleView{}, s.createRole),
		paged(of("GET", "/roles", "The roles of a circuit.", nil, []roleView{}, s.listRoles), roleQuery{}),
		of("PUT", "/roles/:role_name", "Change a role, and with it what its members may do.", rolePatch{}, roleView{}, s.updateRole),
		enveloped(of("DELETE", "/roles/:role_name", "Delete a role that nobody has.", nil, doneReply{}, s.deleteRole)),
	}
}

type newRole struct {
	Name        string             `json:"role_name"`
	Permissions []roles.Permission `json:"permissions"`
	Description string             `json:"description"`
	Color       *string            `json:"color"`
}

func (r *newRole) check() error {
	if err := checkName("role_name", r.Name, maxRoleName); err != nil {
		return err
	}
	return (&rolePatch{Description: &r.Description, Color: r.Color}).check()
}

// createRole is CR1.
func (s *Service) createRole(c *web.Call) (any, error) {
	m := s.change(c, activity.CreateRole).access()
	req, failure := web.Body[newRole](c)
	if failure == nil {
		failure = req.check()
	}
	var row Role
	hash := ""
	if failure == nil {
		hash = roleHash(req.Name)
		row = Role{
			ID: c.StableID("role"), Name: req.Name, Permissions: roles.Of(req.Permissions...), Description: req.Description,
			Color: colored(req.Color), CreatedAt: m.now, CreatedBy: m.viewer.UserID,
		}
	}
	return m.end(m.op.Decide(c.Context(), "circuits_create_role", m.run(func(d *draft) error {
		if err := d.Change(roles.ManageRoles); err != nil {
			return err
		}
		if failure != nil {
			return failure
		}
		if err := d.grant(roles.Change{Grant: row.Permissions}); err != nil {
			return err
		}
		k := roleKey(d.p, hash)
		taken, err := d.tx.Exists(k)
		if _, reserved := roles.ParseBase(row.Name); taken || reserved {
			err = conflict("role_exists", "There is a role of this name")
		}
		if err != nil {
			return err
		}
		d.changes()
		if err := d.count(tallyRoles, 1, maxRoles); err != nil {
			return err
		}
		d.change.reply = d.state.roleView(row)
		return d.tx.Put(k, row)
	}), m.briefly()...))
}

// colored is a color that was sent: "" is none.
func colored(color *string) *string {
	if color != nil && *color == "" {
		return nil
	}
	return color
}

type rolePatch struct {
	Permissions *[]roles.Permission `json:"permissions"` // the whole list
	Description *string             `json:"description"`
	Color       *string             `json:"color"` // "" is none
}

func (r *rolePatch) check() error {
	if err := checkLength("description", r.Description, maxDescription); err != nil {
		return err
	}
	return checkLength("color", r.Color, maxColor)
}

func (r *rolePatch) apply(row *Role) {
	if r.Permissions != nil {
		row.Permissions = roles.Of(*r.Permissions...)
	}
	if r.Description != nil {
		row.Description = *r.Description
	}
	if r.Color != nil {
		row.Color = colored(r.Color)
	}
}

// custom is the row of a role that can be changed. Errors: 404 role_not_found; 409 default_role.
func (d *draft) custom(hash string) (row Role, standard, err error) {
	ok, err := d.tx.Get(roleKey(d.p, hash), &row)
	switch {
	case err != nil:
		return row, nil, err
	case !ok:
		return row, nil, fault.NotFound("No such role").With("code", "role_not_found")
	case row.Default:
		return row, conflict("default_role", "The default roles stay as they are"), nil
	}
	return row, nil, nil
}

// updateRole is CR3. What members of the role may do follows from the role, so the one row changes all of them.
func (s *Service) updateRole(c *web.Call) (any, error) {
	m := s.change(c, activity.UpdateRole).access()
	hash := roleHash(c.Path("role_name"))
	req, failure := web.Body[rolePatch](c)
	if failure == nil {
		failure = req.check()
	}
	options := append(m.briefly(roleKey(m.p, hash)), storage.Observing(members(m.p)))
	return m.end(m.op.Decide(c.Context(), "circuits_update_role", m.run(func(d *draft) error {
		if err := d.Change(roles.ManageRoles); err != nil {
			return err
		}
		row, standard, err := d.custom(hash)
		switch {
		case err != nil:
			return err
		case failure != nil:
			return failure
		}
		before := row
		req.apply(&row)
		if err := d.grant(roles.Change{Grant: roles.Changed(before.Permissions, row.Permissions)}); err != nil {
			return err
		}
		if standard != nil {
			return standard
		}
		d.change.reply = d.state.roleView(row)
		if before.Permissions == row.Permissions && before.Description == row.Description && or(before.Color, "") == or(row.Color, "") {
			return nil
		}
		d.changes()
		return d.tx.Put(roleKey(d.p, hash), row)
	}), options...))
}

type doneReply struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
}

// deleteRole is CR4. It names the whole range of members, so no role goes away while it is being assigned.
func (s *Service) deleteRole(c *web.Call) (any, error) {
	m := s.change(c, activity.DeleteRole).access()
	hash := roleHash(c.Path("role_name"))
	all := storage.Page{Limit: maxMembers}
	options := append(m.briefly(roleKey(m.p, hash)), storage.Scanning(storage.Span{Prefix: members(m.p), Page: all}))
	return m.end(m.op.Decide(c.Context(), "circuits_delete_role", m.run(func(d *draft) error {
		if err := d.Change(roles.ManageRoles); err != nil {
			return err
		}
		row, standard, err := d.custom(hash)
		switch {
		case err != nil:
			return err
		case standard != nil:
			return standard
		}
		listed, err := d.tx.Scan(members(d.p), all)
		if err != nil {
			return err
		}
		if d.state.members, err = decoded[Member](d.tx, listed.Records); err != nil {
			return err
		}
		if n := d.state.having(row); n > 0 {
			return conflict("role_in_use", "Members have the role").With("member_count", n)
		}
		d.changes()
		d.tx.Delete(roleKey(d.p, hash))
		d.change.reply = doneReply{true, "Role deleted"}
		return d.count(tallyRoles, -1, 0)
	}), options...))
}

type roleQuery struct {
	web.Page `limit:"200"`
}

// listRoles is CR2.
func (s *Service) listRoles(c *web.Call) (any, error) {
	id, err := c.PathUUID("id")
	if err != nil {
		return nil, err
	}
	page := web.Query[roleQuery](c).Page
	var after position
	resumed, err := page.Resume(&after)
	if err != nil {
		return nil, err
	}
	p, who := Partition(id), ViewerOf(c)
	v, err := s.store.View(c.Context(), "circuits_list_roles", p, standingKeys(p, who.UserID), customs(p), members(p))
	if err != nil {
		return nil, err
	}
	standing, err := reader(v, p, c, "")
	if err != nil {
		return nil, err
	}
	st := &state{head: *standing.Head}
	if st.roles, err = decoded[Role](v, v.Range(customs(p))); err != nil {
		return nil, err
	}
	if st.members, err = decoded[Member](v, v.Range(members(p))); err != nil {
		return nil, err
	}
	st.sort()
	list := st.roleViews()
	if resumed {
		list = list[st.roleAfter(after):]
	}
	if len(list) > page.Limit {
		list = list[:page.Limit]
		if page.Limit > 0 {
			last := st.role(list[page.Limit-1].Name)
			_, err = c.Next(position{last.CreatedAt, last.Name})
		}
	}
	return list, err
}

// roleAfter is where the list of roles goes on after a position, which names the last one shown.
func (st *state) roleAfter(p position) int {
	last := Role{Name: p.ID, CreatedAt: p.At, Default: p.ID == string(roles.Owner) || p.ID == string(roles.Member)}
	for i, r := range st.roles {
		if compareRoles(r, last) > 0 {
			return i
		}
	}
	return len(st.roles)
}
