package adapters

import (
	"time"

	"tracedge/core/actions"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type configReply struct {
	Success bool       `json:"success"`
	Message string     `json:"message"`
	Config  configView `json:"config"`
}

// create makes a configuration. One commit: the configuration, the action, and the row that brings the response home.
//
// A crash before the commit leaves nothing. After it the configuration stands, and the sweep delivers the rows; a repeat
// under the same idempotency key finds it by its id and answers with it.
func (s *Service) create(c *web.Call) (any, error) {
	req, err := web.Body[createRequest](c)
	if err != nil {
		return nil, err
	}
	if err := req.check(); err != nil {
		return nil, err
	}
	cfg := Config{
		ID: c.StableID("config"), Name: req.Name, Description: req.Description, Type: req.Type, Contracts: req.Contracts,
		Active: true, CreatedBy: c.Caller().UserID, CreatedAt: c.Now(), UpdatedAt: c.Now(), TestStatus: NotTested,
	}
	connection := s.vault.prepare(req.Connection, cfg.ID, Connection{})
	action := actionOn(c, actions.AdapterCreated, cfg)
	key := c.Idempotency()
	kept := idem.Prepare(key, web.Rendered{}, c.Now())
	var reply configReply
	wrote := false
	err = s.store.Update(c.Context(), "adapters_create_config", partition(), func(tx *storage.Tx) error {
		wrote = false
		all, err := configsIn(tx)
		if err != nil {
			return err
		}
		if made := byID(all, cfg.ID); made != nil { // by an earlier run of this request
			reply = configReply{true, "Adapter configuration created", made.view()}
			return nil
		}
		next := cfg
		if len(all) > 0 {
			next.CreatedAt = later(cfg.CreatedAt, all[0].CreatedAt)
			next.UpdatedAt = next.CreatedAt
		}
		if err := next.take(all, connection); err != nil {
			return err
		}
		if len(all) >= maxConfigs {
			return fault.Conflict("", "There are 100 adapter configurations already")
		}
		wrote = true
		reply = configReply{true, "Adapter configuration created", next.view()}
		putConfig(tx, next)
		if err := action.Put(tx); err != nil {
			return err
		}
		rendered, err := key.Render(reply)
		if err != nil {
			return err
		}
		return kept.With(rendered).Put(tx)
	})
	if err != nil {
		return nil, err
	}
	if wrote {
		key.Settle()
	}
	return reply, nil
}

func (r *createRequest) check() error {
	if r.Connection == nil {
		return fault.Invalid("connection_details", "Required")
	}
	if err := checkTexts(&r.Name, &r.Description); err != nil {
		return err
	}
	if err := r.Connection.check(); err != nil {
		return err
	}
	return r.Contracts.check()
}

// take applies the rules in their order and stores the connection that was sent, if one was. It is pure.
func (c *Config) take(all []Config, connection *prepared) error {
	if err := checkName(all, c.ID, c.Name); err != nil {
		return err
	}
	if err := connection.check(c.Connection); err != nil {
		return err
	}
	if err := checkContracts(c.Contracts); err != nil {
		return err
	}
	if connection == nil {
		return nil
	}
	var err error
	c.Connection, err = connection.connection(c.Connection)
	return err
}

func byID(configs []Config, id string) *Config {
	for i := range configs {
		if configs[i].ID == id {
			return &configs[i]
		}
	}
	return nil
}

// actionOn is an action on a configuration.
func actionOn(c *web.Call, t actions.Type, cfg Config) actions.Action {
	a := actions.Of(c, t)
	return about(a, cfg)
}

// about completes an action with what it is on.
func about(a actions.Action, cfg Config) actions.Action {
	details := map[string]any{"config_id": cfg.ID, "name": cfg.Name, "adapter_type": cfg.Type}
	for name, value := range a.Details {
		details[name] = value
	}
	a.ResourceID, a.Details = &cfg.ID, details
	return a
}

// later is a time, moved on where it is not after another: configurations have an age, and a change is a change, also
// within one millisecond.
func later(t, than time.Time) time.Time {
	if t.After(than) {
		return t
	}
	return than.Add(time.Millisecond)
}
