package circuits

import (
	"slices"

	"tracedge/core/activity"
	"tracedge/core/circuits/postactions"
	"tracedge/core/circuits/roles"
	"tracedge/core/notices"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// shownSettings is what CP3 answers.
type shownSettings struct {
	settingsView
	Configured bool `json:"configured"`
	Public     bool `json:"allow_public_visibility"`
}

// getSettings is CP3.
func (s *Service) getSettings(c *web.Call) (any, error) {
	id, err := c.PathUUID("id")
	if err != nil {
		return nil, err
	}
	p, who := Partition(id), ViewerOf(c)
	v, err := s.store.View(c.Context(), "circuits_get_settings", p, standingKeys(p, who.UserID), customs(p), published(p))
	if err != nil {
		return nil, err
	}
	standing, err := reader(v, p, c, "")
	if err != nil {
		return nil, err
	}
	st := &state{head: *standing.Head, settings: standing.Settings}
	if st.published, err = decoded[Published](v, v.Range(published(p))); err != nil {
		return nil, err
	}
	st.sort()
	return shownSettings{st.settingsView(standing.now), standing.Settings != nil, standing.Head.Permissions.Public}, nil
}

type settingsReply struct {
	Success bool         `json:"success"`
	Data    *circuitView `json:"data"`
}

// setSettings is CP4. A new password is hashed before the update, and only for somebody who may set it, since that takes
// as long as a login: so only then the rights are looked at before.
func (s *Service) setSettings(c *web.Call) (any, error) {
	m := s.change(c, activity.UpdatePublicSettings).access()
	var p *plan
	body, failure := settingsIn(c)
	if failure == nil {
		p, failure = body.check()
	}
	if failure == nil && p.password == setPassword {
		standing, err := CheckMembership(c.Context(), s.store, m.id, m.viewer)
		if err != nil {
			return nil, err
		}
		if err := standing.Change(roles.ManagePermissions); err != nil {
			return nil, err
		}
		if err := s.hash(p); err != nil {
			return nil, err
		}
	}
	options := m.ahead()
	if failure == nil {
		options = append(options, storage.Reading(append(held(m.p, p.published), postactions.Key(m.p))...))
	}
	return m.end(m.op.Decide(c.Context(), "circuits_update_settings", m.run(func(d *draft) error {
		if err := d.Change(roles.ManagePermissions); err != nil {
			return err
		}
		if failure != nil {
			return failure
		}
		next := *p
		if err := next.keep(d.Settings); err != nil {
			return err
		}
		if err := d.holds(next.published); err != nil {
			return err
		}
		if next.AutoApprove && (d.Settings == nil || !d.Settings.AutoApprove) {
			if err := d.grant(roles.Change{Grant: roles.ForApproval}); err != nil {
				return err
			}
		}
		return d.putSettings(&next)
	}), options...))
}

// held are the keys that tell whether the circuit holds items; what cannot be an id is none.
func held(p storage.Partition, dfids []string) []storage.Key {
	var keys []storage.Key
	for _, dfid := range dfids {
		if !nobody(dfid) {
			keys = append(keys, ItemKey(p, dfid))
		}
	}
	return keys
}

// holds refuses items that the circuit does not hold. Errors: 422 with the first twenty.
func (d *draft) holds(dfids []string) error {
	var unknown []string
	for _, dfid := range dfids {
		there := false
		if !nobody(dfid) {
			var err error
			if there, err = d.tx.Exists(ItemKey(d.p, dfid)); err != nil {
				return err
			}
		}
		if !there {
			unknown = append(unknown, dfid)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	return invalid("published_items", "The circuit does not hold these items", "unknown", unknown[:min(20, len(unknown))])
}

// putSettings writes the settings and what follows from them. Where all of it is as it was, nothing is written.
func (d *draft) putSettings(p *plan) error {
	listed := d.listing()
	added, dropped := d.difference(p.published)
	same := d.Settings != nil && d.Settings.equal(&p.Settings) && d.Head.Permissions.Public
	answer := func() { d.change.reply = settingsReply{true, d.state.show(d.viewer, d.now())} }
	if same && len(added)+len(dropped) == 0 {
		answer()
		return nil
	}
	d.changes()
	settings := p.Settings
	d.Settings, d.Head.Permissions.Public = &settings, true
	d.tx.Put(settingsKey(d.p), settings)
	if err := d.putHead(); err != nil {
		return err
	}
	if err := d.publish(added, dropped); err != nil {
		return err
	}
	if err := d.tellPublished(added); err != nil {
		return err
	}
	if err := d.relist(listed); err != nil {
		return err
	}
	if err := d.tellOwner(notices.CircuitUpdated, map[string]any{"change": d.entry.Action, "changed_by": d.viewer.UserID}); err != nil {
		return err
	}
	answer()
	return nil
}

// equal tells whether two settings are the same. A password that was set anew is another one.
func (s *Settings) equal(o *Settings) bool {
	return s.Mode == o.Mode && sameTime(s.ScheduledDate, o.ScheduledDate) && s.PasswordHash == o.PasswordHash &&
		s.AutoApprove == o.AutoApprove && s.AutoPublish == o.AutoPublish && s.ShowEncrypted == o.ShowEncrypted &&
		slices.EqualFunc(s.Texts.list(), o.Texts.list(), func(a, b *string) bool {
			return (a == nil) == (b == nil) && or(a, "") == or(b, "")
		})
}

func (t *Texts) list() []*string {
	return []*string{
		t.Name, t.Description, t.Primary, t.Secondary, t.Logo, t.Tagline, t.Footer, t.EventTypes, t.Quality, t.Export,
	}
}
