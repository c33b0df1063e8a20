package circuits

import (
	"context"
	"errors"

	"tracedge/core/activity"
	"tracedge/core/circuits/roles"
	"tracedge/core/notices"
	"tracedge/core/web"
)

type joinBody struct {
	Password *string `json:"access_password"`
	Message  *string `json:"message"`
}

type joinReply struct {
	Success  bool   `json:"success"`
	Message  string `json:"message"`
	Approval bool   `json:"requires_approval"`
}

// errStale ends a join whose password was compared with settings that have changed since.
var errStale = errors.New("circuits: the settings have changed")

// join is CP2. The password is compared before the commit, which names the settings that it was compared with; where
// these have changed it is compared again.
func (s *Service) join(c *web.Call) (any, error) {
	m := s.change(c, activity.JoinCircuit).access()
	body, failure := web.OptionalBody[joinBody](c)
	if failure == nil {
		failure = checkLength("message", body.Message, maxMessage)
	}
	if key := c.Idempotency(); key != nil && key.Resumed { // else the caller would meet itself as a member
		if answer, ok, err := m.earlier(); ok || err != nil {
			return answer, err
		}
	}
	for {
		f, err := s.readPublic(c.Context(), m.id, m.viewer, m.now)
		if err != nil {
			return nil, err
		}
		hash, err := s.mayJoin(c, f, body, failure)
		if err != nil {
			return nil, err
		}
		if err = s.admitPublic(c.Context(), m, hash, body.Message); !errors.Is(err, errStale) {
			return m.end(err)
		}
	}
}

// mayJoin makes the checks of CP2 up to the password, and returns the hash that it was compared with, "" for none.
func (s *Service) mayJoin(c *web.Call, f *front, body *joinBody, failure error) (string, error) {
	switch {
	case !f.Listed():
		return "", notPublic()
	case failure != nil:
		return "", failure
	case f.IsMember():
		return "", alreadyMember()
	case f.Settings == nil || f.Settings.Mode != Protected:
		return "", nil
	}
	hash := f.Settings.PasswordHash
	if body.Password == nil || *body.Password == "" {
		return "", wrongPassword()
	}
	return hash, s.comparePassword(c, f.Head.ID, hash, *body.Password)
}

func alreadyMember() error { return conflict("already_member", "Already a member of the circuit") }

// admitPublic is the deciding commit of a join.
func (s *Service) admitPublic(ctx context.Context, m *change, hash string, message *string) error {
	return m.op.Decide(ctx, "circuits_join_circuit", m.run(func(d *draft) error {
		settings := d.Settings
		switch {
		case !d.Listed():
			return notPublic()
		case d.IsMember():
			return alreadyMember()
		case settings != nil && settings.Mode == Protected && settings.PasswordHash != hash:
			return errStale
		}
		if settings == nil || !settings.AutoApprove {
			_, err := d.request(message)
			d.change.reply = joinReply{true, "Your request waits for a decision", true}
			return err
		}
		d.actor = "system"
		if _, err := d.admit(d.viewer.UserID, chosen{base: roles.Member}); err != nil {
			return err
		}
		d.change.reply = joinReply{true, "You have joined the circuit", false}
		return d.tellOwner(notices.MemberAdded, map[string]any{
			"member_id": d.viewer.UserID, "role": roles.Member, "added_by": d.actor,
		})
	}), m.ahead()...)
}
