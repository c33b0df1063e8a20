package circuits

import (
	"context"

	"tracedge/core/activity"
	"tracedge/core/circuits/roles"
	"tracedge/core/fault"
	"tracedge/core/notices"
	"tracedge/core/web"
)

func (s *Service) memberRoutes() []web.Route {
	return []web.Route{
		of("POST", "/members", "Add a member.", addRequest{}, circuitView{}, s.addMember),
		of("PATCH", "/members/:user_id", "Give a member another role.", roleChoice{}, circuitView{}, s.assign),
		enveloped(of("DELETE", "/members/:user_id", "Remove a member, or leave.", nil, removeReply{}, s.removeMember)),
		bodiless(of("POST", "/requests", "Ask to join a circuit.", joinRequest{}, circuitView{}, s.ask)),
		paged(of("GET", "/requests/pending", "Who asks to join, oldest first.", nil, []requestView{}, s.pending), requestQuery{}),
		of("POST", "/requests/:requester_id/approve", "Let somebody in.", approveRequest{}, circuitView{}, s.approve),
		bodiless(of("POST", "/requests/:requester_id/reject", "Turn somebody away.", rejectRequest{}, circuitView{}, s.reject)),
	}
}

type addRequest struct {
	MemberID *string `json:"member_id"`
	UserID   *string `json:"user_id"` // in its place
	roleChoice
}

// addMember is CM1. The account is looked up before the commit; whether there is one is told only to who may invite.
func (s *Service) addMember(c *web.Call) (any, error) {
	m := s.change(c, activity.AddMember).access()
	req, failure := web.Body[addRequest](c)
	var w wanted
	userID := ""
	if failure == nil {
		w = req.wanted()
		named := or(req.MemberID, or(req.UserID, ""))
		if req.MemberID == nil && req.UserID == nil {
			failure = fault.Invalid("member_id", "Required")
		} else {
			var err error
			if userID, err = s.account(c.Context(), named); err != nil {
				return nil, err
			}
		}
	}
	return m.end(m.op.Decide(c.Context(), "circuits_add_member", m.run(func(d *draft) error {
		if err := d.Change(roles.Invite); err != nil {
			return err
		}
		if failure != nil {
			return failure
		}
		role, err := d.choose(w, roles.Member)
		switch {
		case err != nil:
			return err
		case userID == "":
			return fault.NotFound("There is no such account").With("field", "member_id")
		}
		if err := d.grant(roles.Change{Base: role.base, Grant: role.permissions()}); err != nil {
			return err
		}
		resolved, err := d.admit(userID, role)
		if err != nil {
			return err
		}
		data := map[string]any{"member_id": userID, "role": role.name(), "added_by": d.viewer.UserID}
		kind := notices.MemberAdded
		if resolved {
			data = map[string]any{"approved_by": d.viewer.UserID, "assigned_role": role.name()}
			kind = notices.JoinRequestApproved
		}
		if err := d.tell(userID, kind, data); err != nil {
			return err
		}
		d.show()
		return nil
	}), m.ahead()...))
}

// account returns the id of the account that a text names, by its id or by its username; "" for nobody.
func (s *Service) account(ctx context.Context, named string) (string, error) {
	if !nobody(named) {
		if a, err := s.accounts.Get(ctx, named); err != nil {
			return "", err
		} else if a != nil {
			return a.UserID, nil
		}
	}
	if named == "" {
		return "", nil
	}
	return s.accounts.FindByUsername(ctx, named)
}

// admit makes somebody a member. An open request of theirs is approved with it, which is reported. Errors: 409
// already_member; the bound of the number of members.
func (d *draft) admit(userID string, role chosen) (resolved bool, err error) {
	if there, err := d.isMember(userID); err != nil {
		return false, err
	} else if there {
		return false, alreadyMember()
	}
	resolved, err = d.decide(userID, Approved)
	if err != nil {
		return false, err
	}
	row := Member{ID: userID, JoinedAt: d.now(), AddedBy: d.actor}
	role.give(&row)
	d.changes()
	d.state.putMember(row)
	if err := d.count(tallyMembers, 1, maxMembers); err != nil {
		return false, err
	}
	if err := d.tx.Put(memberKey(d.p, userID), row); err != nil {
		return false, err
	}
	return resolved, d.putMembership(userID)
}

func (d *draft) isMember(userID string) (bool, error) {
	if userID == d.Head.OwnerID {
		return true, nil
	}
	return d.tx.Exists(memberKey(d.p, userID))
}

// target is another member's row with what the member may do. Errors: 404.
func (d *draft) target(userID string) (*Member, roles.Set, error) {
	m, _, set, err := memberOf(d.tx, d.p, d.Head, userID)
	if err == nil && m == nil {
		err = fault.NotFound("Not a member of the circuit")
	}
	return m, set, err
}

// assign is CM2. Somebody who changes itself is no other: then only what is handed out is tested.
func (s *Service) assign(c *web.Call) (any, error) {
	m := s.change(c, activity.AssignRole).access()
	userID := c.Path("user_id")
	req, failure := web.Body[roleChoice](c)
	var w wanted
	if failure == nil {
		w = req.wanted()
	}
	return m.end(m.op.Decide(c.Context(), "circuits_assign_role", m.run(func(d *draft) error {
		if err := d.Change(roles.ManageMembers); err != nil {
			return err
		}
		row, has, err := d.target(userID)
		switch {
		case err != nil:
			return err
		case failure != nil:
			return failure
		}
		role, err := d.choose(w, row.Role)
		if err != nil {
			return err
		}
		change := roles.Change{OfOwner: userID == d.Head.OwnerID, Base: role.base, Grant: role.permissions()}
		if userID != d.viewer.UserID {
			change.Target = has
		}
		if err := d.grant(change); err != nil {
			return err
		}
		before := *row
		if role.give(row); *row == before {
			d.show()
			return nil
		}
		d.changes()
		d.state.putMember(*row)
		if err := d.tx.Put(memberKey(d.p, userID), row); err != nil {
			return err
		}
		if userID != d.viewer.UserID {
			data := map[string]any{"member_id": userID, "role": role.name(), "changed_by": d.viewer.UserID}
			if err := d.tell(userID, notices.RoleChanged, data); err != nil {
				return err
			}
		}
		d.show()
		return nil
	}), m.ahead()...))
}

type removeReply struct {
	Success   bool   `json:"success"`
	Message   string `json:"message"`
	CircuitID string `json:"circuit_id"`
	MemberID  string `json:"member_id"`
}

// removeMember is CM3. A member may always leave, but for the owner.
func (s *Service) removeMember(c *web.Call) (any, error) {
	userID := c.Path("user_id")
	leaving := userID == c.Caller().UserID
	kind := activity.RemoveMember
	if leaving {
		kind = activity.LeaveCircuit
	}
	m := s.change(c, kind).access()
	return m.end(m.op.Decide(c.Context(), "circuits_remove_member", m.run(func(d *draft) error {
		if err := d.See(); err != nil {
			return err
		}
		if !leaving || !d.IsMember() {
			if err := d.Right(roles.ManageMembers); err != nil {
				return err
			}
		}
		_, has, err := d.target(userID)
		if err != nil {
			return err
		}
		change := roles.Change{OfOwner: userID == d.Head.OwnerID}
		if !leaving {
			change.Target = has
		}
		if err := d.grant(change); err != nil {
			return err
		}
		d.changes()
		d.tx.Delete(memberKey(d.p, userID))
		if err := d.count(tallyMembers, -1, 0); err != nil {
			return err
		}
		if err := d.dropMembership(userID); err != nil {
			return err
		}
		told := userID
		reply := removeReply{true, "Member removed", d.id, userID}
		if leaving {
			told, reply.Message = d.Head.OwnerID, "You have left the circuit"
		}
		d.change.reply = reply
		return d.tell(told, notices.MemberRemoved, map[string]any{"member_id": userID, "removed_by": d.viewer.UserID})
	}), m.briefly()...))
}
