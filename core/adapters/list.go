package adapters

import (
	"tracedge/core/fault"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type listQuery struct {
	web.Page
	Active string `query:"active_only" lenient:"true"` // "true", anything else is false
}

type listReply struct {
	Success    bool         `json:"success"`
	Configs    []configView `json:"configs"`
	Count      int          `json:"count"`
	NextCursor *string      `json:"next_cursor"`
}

// list shows configurations, newest first. All are read, so a page is cut here.
func (s *Service) list(c *web.Call) (any, error) {
	q := web.Query[listQuery](c)
	var position string
	resumed, err := q.Resume(&position)
	if err != nil {
		return nil, err
	}
	if resumed && !storage.IsTimeID(position) {
		return nil, fault.BadRequest("cursor", "The cursor is not usable here")
	}
	all, err := s.configs(c.Context())
	if err != nil {
		return nil, err
	}
	reply := listReply{Success: true, Configs: make([]configView, 0)}
	last := ""
	for _, cfg := range all {
		if q.Active == "true" && !cfg.Active || resumed && cfg.position() >= position {
			continue
		}
		if reply.Count == q.Limit {
			if q.Limit > 0 {
				reply.NextCursor, err = c.Next(last)
			}
			break
		}
		reply.Configs, last = append(reply.Configs, cfg.view()), cfg.position()
		reply.Count++
	}
	return reply, err
}

type oneReply struct {
	Success bool       `json:"success"`
	Config  configView `json:"config"`
}

func (s *Service) get(c *web.Call) (any, error) {
	cfg, err := s.pathConfig(c)
	if err != nil {
		return nil, err
	}
	return oneReply{true, cfg.view()}, nil
}

// pathConfig reads the configuration that the path names. Errors: 404.
func (s *Service) pathConfig(c *web.Call) (cfg Config, err error) {
	id, err := c.PathUUID("config_id")
	if err != nil {
		return cfg, err
	}
	found, err := s.store.Read(c.Context(), "adapters_get_config", partition(), configKey(id))
	if err != nil {
		return cfg, err
	}
	ok, err := found.Get(configKey(id), &cfg)
	if err == nil && !ok {
		err = noConfig()
	}
	return cfg, err
}
