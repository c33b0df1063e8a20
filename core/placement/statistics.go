package placement

import (
	"tracedge/core/adaptertype"
	"tracedge/core/circuits"
	"tracedge/core/web"
)

type statisticsReply struct {
	Success    bool       `json:"success"`
	Statistics statistics `json:"statistics"`
}

type statistics struct {
	Items       int64                      `json:"total_items_tracked"`
	Records     int64                      `json:"total_storage_locations"`
	ByType      map[adaptertype.Type]int64 `json:"adapter_distribution"`
	Migrations  int64                      `json:"migration_count"`
	Scope       string                     `json:"scope"` // own or all
	GeneratedAt web.TimeZ                  `json:"generated_at"`
}

// statistics is SH5: sums that are kept up to date, so it costs one call, and for all accounts one for each of their few
// shards. An API key of an admin sees all only with its own admin permission.
func (s *Service) statistics(c *web.Call) (any, error) {
	whose, scope := c.Caller().UserID, "own"
	if circuits.ViewerOf(c).Admin {
		whose, scope = "", "all"
	}
	n, err := s.Counts.Statistics(c.Context(), whose)
	if err != nil {
		return nil, err
	}
	return statisticsReply{true, statistics{n.Items, n.Records, n.ByType, n.Migrations, scope, web.TimeZ(c.Now())}}, nil
}
