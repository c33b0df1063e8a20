package adapters

import (
	"reflect"

	"tracedge/core/actions"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type messageReply struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
}

// update changes the fields that were sent. It reads the configuration first, because secrets are compared and sealed
// before the update; the update decides on what it finds itself. One commit: the configuration and the action. A crash
// before it leaves nothing; after it the sweep delivers the action.
func (s *Service) update(c *web.Call) (any, error) {
	before, err := s.pathConfig(c)
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
	connection := s.vault.prepare(req.Connection, before.ID, before.Connection)
	action, now := actions.Of(c, actions.AdapterUpdated), c.Now()
	reply := configReply{Success: true, Message: "Adapter configuration updated"}
	err = s.store.Update(c.Context(), "adapters_update_config", partition(), func(tx *storage.Tx) error {
		all, err := configsIn(tx)
		if err != nil {
			return err
		}
		cfg := byID(all, before.ID)
		if cfg == nil {
			return noConfig()
		}
		next := req.applied(*cfg)
		if err := next.take(all, connection); err != nil {
			return err
		}
		if next.Default && !next.Active {
			return fault.Conflict("is_active", "The default configuration stays active")
		}
		reply.Config = next.view()
		if reflect.DeepEqual(*cfg, next) {
			return nil
		}
		next.UpdatedAt = later(now, cfg.UpdatedAt)
		reply.Config = next.view()
		putConfig(tx, next)
		return about(action, next).Put(tx)
	})
	if err != nil {
		return nil, err
	}
	return reply, nil
}

func (r *updateRequest) check() error {
	if err := checkTexts(r.Name, r.Description); err != nil {
		return err
	}
	if err := r.Connection.check(); err != nil {
		return err
	}
	return r.Contracts.check()
}

// applied is a configuration with the fields that were sent, but for the connection.
func (r *updateRequest) applied(c Config) Config {
	if r.Name != nil {
		c.Name = *r.Name
	}
	if r.Description != nil {
		c.Description = *r.Description
	}
	if r.Contracts != nil {
		c.Contracts = r.Contracts
	}
	if r.Active != nil {
		c.Active = *r.Active
	}
	return c
}

// remove deletes a configuration that is not the default. One commit: it and the action.
func (s *Service) remove(c *web.Call) (any, error) {
	id, err := c.PathUUID("config_id")
	if err != nil {
		return nil, err
	}
	action := actions.Of(c, actions.AdapterDeleted)
	err = s.store.Update(c.Context(), "adapters_delete_config", partition(), func(tx *storage.Tx) error {
		var cfg Config
		if ok, err := tx.Get(configKey(id), &cfg); err != nil {
			return err
		} else if !ok {
			return noConfig()
		}
		if cfg.Default {
			return fault.Conflict("", "The default configuration cannot be deleted")
		}
		tx.Delete(configKey(id))
		return about(action, cfg).Put(tx)
	}, storage.Reading(configKey(id)))
	if err != nil {
		return nil, err
	}
	return messageReply{true, "Adapter configuration deleted"}, nil
}

// setDefault makes a configuration the default in place of the one that is. One commit: both of them, the action, and the
// row that brings the response home, so there is never a moment with two, and none with half of the change.
func (s *Service) setDefault(c *web.Call) (any, error) {
	id, err := c.PathUUID("config_id")
	if err != nil {
		return nil, err
	}
	reply := messageReply{true, "Default adapter configuration set"}
	key, now := c.Idempotency(), c.Now()
	rendered, err := key.Render(reply)
	if err != nil {
		return nil, err
	}
	kept, action := idem.Prepare(key, rendered, now), actions.Of(c, actions.AdapterUpdated)
	action.Details["change"] = "set_default"
	wrote := false
	err = s.store.Update(c.Context(), "adapters_swap_default", partition(), func(tx *storage.Tx) error {
		wrote = false
		all, err := configsIn(tx)
		if err != nil {
			return err
		}
		cfg := byID(all, id)
		switch {
		case cfg == nil:
			return noConfig()
		case cfg.Default:
			return nil
		case !cfg.Active:
			return fault.Conflict("", "The configuration is not active")
		}
		for i := range all {
			if old := all[i]; old.Default {
				old.Default, old.UpdatedAt = false, later(now, old.UpdatedAt)
				putConfig(tx, old)
			}
		}
		next := *cfg
		next.Default, next.UpdatedAt, wrote = true, later(now, cfg.UpdatedAt), true
		putConfig(tx, next)
		if err := about(action, next).Put(tx); err != nil {
			return err
		}
		return kept.Put(tx)
	})
	if err != nil {
		return nil, err
	}
	if wrote {
		key.Settle()
	}
	return reply, nil
}
