package keys

import (
	"time"

	"tracedge/core/web"
)

// metadata is the only form in which a key is returned.
type metadata struct {
	ID           string       `json:"id" format:"uuid"`
	Name         string       `json:"name"`
	Prefix       string       `json:"key_prefix"`
	Organization Organization `json:"organization_type"`
	Permissions  Permissions  `json:"permissions"`
	Active       bool         `json:"is_active"`
	LastUsedAt   *web.TimeZ   `json:"last_used_at"`
	UsageCount   int64        `json:"usage_count"`
	RateLimit    int64        `json:"rate_limit_per_hour"`
	CreatedAt    web.TimeZ    `json:"created_at"`
	ExpiresAt    *web.TimeZ   `json:"expires_at"`
	RevokedAt    *web.TimeZ   `json:"revoked_at"`
}

func (f *found) metadata() metadata {
	k := f.Key
	m := metadata{
		ID: k.ID, Name: k.Name, Prefix: k.Prefix, Organization: k.Organization, Permissions: k.Permissions,
		Active: f.stopped == nil, LastUsedAt: timeZ(f.used), UsageCount: f.quota.total, RateLimit: k.RateLimit,
		CreatedAt: web.TimeZ(k.CreatedAt), ExpiresAt: timeZ(k.ExpiresAt),
	}
	if f.stopped != nil && f.stopped.Reason == revoked {
		m.RevokedAt = timeZ(&f.stopped.At)
	}
	if m.Permissions.Custom == nil {
		m.Permissions.Custom = map[string]bool{}
	}
	return m
}

func timeZ(t *time.Time) *web.TimeZ {
	if t == nil {
		return nil
	}
	z := web.TimeZ(*t)
	return &z
}
