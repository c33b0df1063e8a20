package circuits

import (
	"tracedge/core/circuits/roles"
	"tracedge/core/notices"
)

// mostTold bounds the notices of one change.
const mostTold = 100

// tell sends a notice to a user with the commit; to the caller only where it says so itself.
func (d *draft) tell(userID string, kind notices.Type, data map[string]any) error {
	data["circuit_id"], data["circuit_name"], data["timestamp"] = d.id, d.Head.Name, d.now().Unix()
	return notices.Put(d.tx, notices.Notice{ID: d.notice, UserID: userID, Type: kind, Data: data, CreatedAt: d.now()})
}

// tellOwner is tell for the owner, unless that is the caller.
func (d *draft) tellOwner(kind notices.Type, data map[string]any) error {
	if d.Head.OwnerID == d.viewer.UserID {
		return nil
	}
	return d.tell(d.Head.OwnerID, kind, data)
}

// tellManagers tells the owner and then members who may manage members.
func (d *draft) tellManagers(kind notices.Type, data func() map[string]any) error {
	told := 0
	if d.Head.OwnerID != d.viewer.UserID {
		told = 1
		if err := d.tell(d.Head.OwnerID, kind, data()); err != nil {
			return err
		}
	}
	for _, m := range d.state.members {
		if m.ID == d.Head.OwnerID || m.ID == d.viewer.UserID || !d.state.permissions(m).Has(roles.ManageMembers) {
			continue
		}
		if told++; told > mostTold {
			break
		}
		if err := d.tell(m.ID, kind, data()); err != nil {
			return err
		}
	}
	return nil
}

// tellMembers tells every member, the caller included. Whoever joins or leaves meanwhile makes no conflict.
func (d *draft) tellMembers(kind notices.Type, data func() map[string]any) error {
	for _, m := range d.state.members {
		if err := d.tell(m.ID, kind, data()); err != nil {
			return err
		}
	}
	return nil
}
