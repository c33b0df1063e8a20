package keys

import (
	"reflect"

	"tracedge/core/accounts"
	"tracedge/core/audit"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// change is an update of a key: one commit in apikey/<hash>, which holds the key, whether it is stopped, and the row that
// brings the audit event and a note to the owner's list before the answer.
//
// A crash before the commit leaves nothing. After it the change is in force, and the row is delivered by the sweep; until
// then the list of active keys may lack a key that was resumed.
type change struct {
	found *found // as read before the update; afterwards as the update has left it
	event audit.Event
	apply func(k *Key, stop *stopped) (*stopped, error) // nil is not stopped
	keep  func(tx *storage.Tx) error                    // what else the commit holds, nil for nothing
	wrote bool
}

// update is the function of the storage update. It is pure.
func (m *change) update(tx *storage.Tx) error {
	p := tx.Partition()
	m.wrote = false
	var k Key
	if ok, err := tx.Get(keyKey(p), &k); err != nil {
		return err
	} else if !ok {
		return noKey()
	}
	var stop *stopped
	var have stopped
	if ok, err := tx.Get(stoppedKey(p), &have); err != nil {
		return err
	} else if ok {
		stop = &have
	}
	next := k
	nextStop, err := m.apply(&next, stop)
	if err != nil {
		return err
	}
	if reflect.DeepEqual(k, next) && reflect.DeepEqual(stop, nextStop) {
		m.found.Key, m.found.stopped = k, stop
		return nil
	}
	next.Revision++
	m.found.Key, m.found.stopped, m.wrote = next, nextStop, true
	tx.Put(keyKey(p), next)
	if nextStop != nil {
		tx.Put(stoppedKey(p), nextStop)
	} else {
		tx.Delete(stoppedKey(p))
	}
	tx.Send("keys_note_change", accounts.Partition(k.UserID), note{
		KeyID: k.ID, Entry: entryEnd(k), Inactive: nextStop != nil, Revision: next.Revision, Event: m.event,
	}, storage.Now())
	if m.keep == nil {
		return nil
	}
	return m.keep(tx)
}

func reading(p storage.Partition) storage.UpdateOption {
	return storage.Reading(keyKey(p), stoppedKey(p))
}

func (s *Service) update(c *web.Call) (any, error) {
	f, err := s.own(c)
	if err != nil {
		return nil, err
	}
	req, err := web.Body[updateRequest](c)
	if err != nil {
		return nil, err
	}
	if err := req.check(); err != nil {
		return nil, err
	}
	if err := s.mayGrant(c, req.Permissions, ""); err != nil {
		return nil, err
	}
	now, p := c.Now(), Partition(f.Hash)
	m := &change{found: f, event: event(c, "api_key_update", f.ID), apply: func(k *Key, stop *stopped) (*stopped, error) {
		req.set(k)
		switch {
		case req.Active == nil:
		case *req.Active && stop != nil && stop.Reason == revoked:
			return nil, fault.Conflict("is_active", "A revoked API key stays revoked")
		case *req.Active:
			stop = nil
		case stop == nil:
			stop = &stopped{paused, now}
		}
		return stop, nil
	}}
	if err := s.store.Update(c.Context(), "keys_update_key", p, m.update, reading(p)); err != nil {
		return nil, err
	}
	return f.metadata(), nil
}

// set applies the fields that were sent.
func (r *updateRequest) set(k *Key) {
	if r.Name != nil {
		k.Name = *r.Name
	}
	if r.Permissions != nil {
		k.Permissions = *r.Permissions
	}
	if r.RateLimit != nil {
		k.RateLimit = *r.RateLimit
	}
	if r.Notes != nil {
		k.Notes = r.Notes
	}
}

// revoke stops a key for good. Where the key is revoked already, nothing is written.
func (s *Service) revoke(c *web.Call) (any, error) {
	f, err := s.own(c)
	if err != nil {
		return nil, err
	}
	now, p, key := c.Now(), Partition(f.Hash), c.Idempotency()
	kept := idem.Prepare(key, web.Rendered{}, now)
	m := &change{found: f, event: event(c, "api_key_revoke", f.ID)}
	m.apply = func(_ *Key, stop *stopped) (*stopped, error) {
		if stop != nil && stop.Reason == revoked {
			return stop, nil
		}
		return &stopped{revoked, now}, nil
	}
	m.keep = func(tx *storage.Tx) error {
		rendered, err := key.Render(f.metadata())
		if err != nil {
			return err
		}
		return kept.With(rendered).Put(tx)
	}
	if err := s.store.Update(c.Context(), "keys_revoke_key", p, m.update, reading(p)); err != nil {
		return nil, err
	}
	if m.wrote {
		key.Settle()
	}
	return f.metadata(), nil
}
