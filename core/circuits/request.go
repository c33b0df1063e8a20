package circuits

import (
	"time"

	"tracedge/core/activity"
	"tracedge/core/circuits/roles"
	"tracedge/core/fault"
	"tracedge/core/notices"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type joinRequest struct {
	Message *string `json:"message"`
}

// ask is CJ1. It takes any active circuit, also one that the caller cannot see: its owner may have passed on the id. Such
// a one shows nothing of itself.
func (s *Service) ask(c *web.Call) (any, error) {
	m := s.change(c, activity.RequestJoin)
	req, failure := web.OptionalBody[joinRequest](c)
	if failure == nil {
		failure = checkLength("message", req.Message, maxMessage)
	}
	return m.end(m.op.Decide(c.Context(), "circuits_create_request", m.run(func(d *draft) error {
		if !d.exists() || d.Head.Status != Active && !d.Inside() {
			return NoCircuit()
		}
		if err := d.Working(); err != nil {
			return err
		}
		if failure != nil {
			return failure
		}
		if d.IsMember() {
			return alreadyMember()
		}
		row, err := d.request(req.Message)
		if err != nil {
			return err
		}
		d.change.reply = d.asked(row)
		return nil
	}), m.ahead()...))
}

// request stores a request of the caller and tells the managers. Errors: 409 request_pending.
func (d *draft) request(message *string) (Request, error) {
	row := Request{RequesterID: d.viewer.UserID, At: d.now(), Message: message, Status: Pending}
	if waiting, err := d.tx.Exists(requestKey(d.p, row.RequesterID)); err != nil {
		return row, err
	} else if waiting {
		return row, conflict("request_pending", "A request of yours is waiting for a decision")
	}
	d.changes()
	d.tx.Put(requestKey(d.p, row.RequesterID), row)
	d.tx.Delete(decidedKey(d.p, row.RequesterID))
	if err := d.count(tallyRequests, 1, maxRequests); err != nil {
		return row, err
	}
	return row, d.tellManagers(notices.JoinRequestReceived, func() map[string]any {
		return map[string]any{"requester_id": row.RequesterID, "message": row.Message}
	})
}

// asked is the circuit as CJ1 shows it: from outside, with the caller's own request.
func (d *draft) asked(row Request) *circuitView {
	v := d.state.outside()
	if !d.Listed() {
		v.Name, v.Description, v.MemberCount = "", "", 0
	}
	v.Requests = append(v.Requests, row.view())
	return v
}

// decide ends a pending request of a user with the change, and reports whether there was one.
func (d *draft) decide(userID string, status RequestStatus) (bool, error) {
	var row Request
	ok, err := d.tx.Get(requestKey(d.p, userID), &row)
	if !ok || err != nil {
		return false, err
	}
	at := d.now()
	row.Status, row.DecidedBy, row.DecidedAt = status, d.actor, &at
	d.changes()
	d.tx.Delete(requestKey(d.p, userID))
	d.tx.Put(decidedKey(d.p, userID), row)
	d.state.dropRequest(userID)
	return true, d.count(tallyRequests, -1, 0)
}

// waiting refuses a request that is not there or not pending. Errors: 404; 409 request_decided.
func (d *draft) waiting(userID string) error {
	if nobody(userID) {
		return noRequest()
	}
	if ok, err := d.tx.Exists(requestKey(d.p, userID)); ok || err != nil {
		return err
	}
	var row Request
	ok, err := d.tx.Get(decidedKey(d.p, userID), &row)
	switch {
	case err != nil:
		return err
	case !ok:
		return noRequest()
	}
	return conflict("request_decided", "The request has been decided").With("status", row.Status)
}

func noRequest() error { return fault.NotFound("No request of this user") }

type approveRequest struct {
	AdminID *string `json:"admin_id"`
	roleChoice
}

type rejectRequest struct {
	AdminID *string `json:"admin_id"`
}

// checkActor refuses a body that names somebody else as the one who acts. Errors: 403.
func checkActor(c *web.Call, id *string) error {
	if id != nil && *id != c.Caller().UserID && *id != c.Caller().Username {
		return fault.Forbidden("You act for yourself only").With("field", "admin_id")
	}
	return nil
}

// approve is CJ3. The request and the member's row are one commit: of two approvals one finds the request decided.
func (s *Service) approve(c *web.Call) (any, error) {
	m := s.change(c, activity.ApproveJoin).access()
	userID := c.Path("requester_id")
	req, failure := web.Body[approveRequest](c)
	var w wanted
	var actor error
	if failure == nil {
		w, actor = req.wanted(), checkActor(c, req.AdminID)
	}
	return m.end(m.op.Decide(c.Context(), "circuits_approve_request", m.run(func(d *draft) error {
		if err := d.Change(roles.ManageMembers); err != nil {
			return err
		}
		missing := d.waiting(userID)
		if is404(missing) {
			return missing
		}
		if failure != nil {
			return failure
		}
		role, err := d.choose(w, roles.Member)
		switch {
		case err != nil:
			return err
		case actor != nil:
			return actor
		}
		if err := d.grant(roles.Change{Base: role.base, Grant: role.permissions()}); err != nil {
			return err
		}
		if missing != nil {
			return missing
		}
		if _, err := d.admit(userID, role); err != nil {
			return err
		}
		data := map[string]any{"approved_by": d.viewer.UserID, "assigned_role": role.name()}
		if err := d.tell(userID, notices.JoinRequestApproved, data); err != nil {
			return err
		}
		d.show()
		return nil
	}), m.decided(userID)...))
}

// decided is ahead with the latest decided request of a user.
func (m *change) decided(userID string) []storage.UpdateOption {
	if nobody(userID) {
		return m.ahead()
	}
	return m.ahead(decidedKey(m.p, userID))
}

func is404(err error) bool { return err != nil && fault.KindOf(err) == fault.Missing }

// reject is CJ4.
func (s *Service) reject(c *web.Call) (any, error) {
	m := s.change(c, activity.RejectJoin).access()
	userID := c.Path("requester_id")
	req, failure := web.OptionalBody[rejectRequest](c)
	if failure == nil {
		failure = checkActor(c, req.AdminID)
	}
	return m.end(m.op.Decide(c.Context(), "circuits_reject_request", m.run(func(d *draft) error {
		if err := d.Change(roles.ManageMembers); err != nil {
			return err
		}
		missing := d.waiting(userID)
		switch {
		case is404(missing):
			return missing
		case failure != nil:
			return failure
		case missing != nil:
			return missing
		}
		if _, err := d.decide(userID, Rejected); err != nil {
			return err
		}
		if err := d.tell(userID, notices.JoinRequestRejected, map[string]any{"rejected_by": d.viewer.UserID}); err != nil {
			return err
		}
		d.show()
		return nil
	}), m.decided(userID)...))
}

type requestQuery struct {
	web.Page
}

// position says where a page of requests begins: after this one.
type position struct {
	At time.Time `json:"at"`
	ID string    `json:"id"`
}

// pending is CJ2. At most a thousand requests wait, so one look takes them all.
func (s *Service) pending(c *web.Call) (any, error) {
	id, err := c.PathUUID("id")
	if err != nil {
		return nil, err
	}
	page := web.Query[requestQuery](c).Page
	var after position
	resumed, err := page.Resume(&after)
	if err != nil {
		return nil, err
	}
	p, who := Partition(id), ViewerOf(c)
	v, err := s.store.View(c.Context(), "circuits_list_requests", p, standingKeys(p, who.UserID), customs(p), requests(p))
	if err != nil {
		return nil, err
	}
	standing, err := reader(v, p, c, roles.ManageMembers)
	if err != nil {
		return nil, err
	}
	st := &state{head: *standing.Head}
	if st.requests, err = decoded[Request](v, v.Range(requests(p))); err != nil {
		return nil, err
	}
	st.sort()
	out := []requestView{}
	for i, r := range st.requests {
		if resumed && (r.At.Before(after.At) || r.At.Equal(after.At) && r.RequesterID <= after.ID) {
			continue
		}
		if len(out) == page.Limit {
			if page.Limit > 0 {
				last := st.requests[i-1]
				_, err = c.Next(position{last.At, last.RequesterID})
			}
			break
		}
		out = append(out, r.view())
	}
	return out, err
}
