package admin

import (
	"strings"
	"time"

	"tracedge/core/accounts"
	"tracedge/core/web"
)

type statsReply struct {
	Success bool       `json:"success"`
	Stats   statistics `json:"stats"`
}

type statistics struct {
	TotalUsers  web.JSSafe                     `json:"total_users"`
	ByTier      map[string]web.JSSafe          `json:"users_by_tier"` // lower case
	ByStatus    map[accounts.Status]web.JSSafe `json:"users_by_status"`
	Issued      web.JSSafe                     `json:"total_credits_issued"`
	Consumed    web.JSSafe                     `json:"total_credits_consumed"`
	Active      web.JSSafe                     `json:"active_users_last_30_days"`
	New         web.JSSafe                     `json:"new_users_last_30_days"`
	GeneratedAt web.TimeZ                      `json:"generated_at"`
}

// lookBack is how far the dashboard looks back.
const lookBack = 30 * 24 * time.Hour

// stats sums the numbers that the shards keep. Accounts and grants count when the request that made them is answered,
// logins soon after, charges within minutes; the time looked back is of whole hours.
func (s *Service) stats(c *web.Call) (any, error) {
	now := c.Now()
	counts, err := s.accounts.Count(c.Context(), now.Add(-lookBack))
	if err != nil {
		return nil, err
	}
	totals, err := s.accounts.Totals(c.Context())
	if err != nil {
		return nil, err
	}
	out := statistics{
		TotalUsers: web.JSSafe(counts.Total), ByTier: make(map[string]web.JSSafe), ByStatus: make(map[accounts.Status]web.JSSafe),
		Issued: web.JSSafe(totals.Issued), Consumed: web.JSSafe(totals.Consumed),
		Active: web.JSSafe(counts.Active), New: web.JSSafe(counts.Created), GeneratedAt: web.TimeZ(now),
	}
	for t, n := range counts.ByTier {
		out.ByTier[strings.ToLower(string(t))] = web.JSSafe(n)
	}
	for status, n := range counts.ByStatus {
		out.ByStatus[status] = web.JSSafe(n)
	}
	return statsReply{true, out}, nil
}
