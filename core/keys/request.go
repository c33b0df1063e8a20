package keys

import (
	"strings"
	"time"
	"unicode"

	"tracedge/core/fault"
	"tracedge/core/web"
)

type createRequest struct {
	Name           string       `json:"name" min:"1" max:"255"`
	Organization   Organization `json:"organization_type"`
	OrganizationID *string      `json:"organization_id" doc:"A UUID"`
	Permissions    *Permissions `json:"permissions" doc:"Reading only when absent"`
	Endpoints      []string     `json:"allowed_endpoints" opt:"true" max:"100" doc:"Paths; each allows everything below it. Empty allows all"`
	RateLimit      *int64       `json:"rate_limit_per_hour" min:"1" max:"1000000" doc:"100 when absent"`
	ExpiresInDays  *int64       `json:"expires_in_days" min:"1" max:"3650" doc:"Never when absent"`
	Notes          *string      `json:"notes" max:"4096"`
	Addresses      []string     `json:"allowed_ips" opt:"true" max:"100" doc:"Addresses and CIDR ranges. Empty allows all"`
}

type updateRequest struct {
	Name        *string      `json:"name" min:"1" max:"255"`
	Permissions *Permissions `json:"permissions" doc:"Replaces the whole"`
	Active      *bool        `json:"is_active"`
	RateLimit   *int64       `json:"rate_limit_per_hour" min:"1" max:"1000000"`
	Notes       *string      `json:"notes" max:"4096"`
}

// The bounds of fields. Those without a row in the contract keep a key's record small: it is read by every request.
const (
	maxName        = 255 // bytes
	maxNotes       = 4096
	maxEntries     = 100  // of allowed_endpoints, of allowed_ips, of permissions.custom
	maxEndpoint    = 2048 // bytes
	maxRateLimit   = 1_000_000
	maxExpiryDays  = 3650
	defaultPerHour = 100
)

// check applies the field rules. Errors: 422 with field.
func (r *createRequest) check() error {
	if err := checkFields(&r.Name, r.Permissions, r.RateLimit, r.Notes); err != nil {
		return err
	}
	if r.ExpiresInDays != nil && (*r.ExpiresInDays < 1 || *r.ExpiresInDays > maxExpiryDays) {
		return fault.Invalid("expires_in_days", "Must be within 1 and 3650")
	}
	if r.OrganizationID != nil {
		id, ok := web.ParseUUID(*r.OrganizationID)
		if !ok {
			return fault.Invalid("organization_id", "Not a UUID")
		}
		r.OrganizationID = &id
	}
	if len(r.Endpoints) > maxEntries {
		return fault.Invalid("allowed_endpoints", "At most 100 entries")
	}
	for _, e := range r.Endpoints {
		if !strings.HasPrefix(e, "/") || len(e) > maxEndpoint {
			return fault.Invalid("allowed_endpoints", "Each entry begins with / and has at most 2048 bytes")
		}
	}
	if len(r.Addresses) > maxEntries {
		return fault.Invalid("allowed_ips", "At most 100 entries")
	}
	for _, a := range r.Addresses {
		if _, ok := parseAddresses(a); !ok {
			return fault.Invalid("allowed_ips", "Each entry is an address or a CIDR range")
		}
	}
	return nil
}

func (r *updateRequest) check() error {
	return checkFields(r.Name, r.Permissions, r.RateLimit, r.Notes)
}

// checkFields applies the rules of the fields that can also be changed; nil is not sent.
func checkFields(name *string, permissions *Permissions, rateLimit *int64, notes *string) error {
	if name != nil && (*name == "" || len(*name) > maxName || strings.ContainsFunc(*name, unicode.IsControl)) {
		return fault.Invalid("name", "Must be 1 to 255 bytes without control characters")
	}
	if permissions != nil && len(permissions.Custom) > maxEntries {
		return fault.Invalid("permissions.custom", "At most 100 entries")
	}
	if permissions != nil {
		for custom := range permissions.Custom {
			if len(custom) > maxName {
				return fault.Invalid("permissions.custom", "A name has at most 255 bytes")
			}
		}
	}
	if rateLimit != nil && (*rateLimit < 1 || *rateLimit > maxRateLimit) {
		return fault.Invalid("rate_limit_per_hour", "Must be within 1 and 1000000")
	}
	if notes != nil && len(*notes) > maxNotes {
		return fault.Invalid("notes", "Must be at most 4096 bytes")
	}
	return nil
}

// key is the key that a request asks for, without its text.
func (r *createRequest) key(id, userID string, now time.Time) Key {
	k := Key{
		ID: id, UserID: userID, Name: r.Name, Organization: r.Organization, OrganizationID: r.OrganizationID,
		Permissions: Permissions{Read: true, Custom: map[string]bool{}}, Endpoints: r.Endpoints, Addresses: r.Addresses,
		RateLimit: defaultPerHour, CreatedAt: now, Notes: r.Notes, Revision: 1,
	}
	if r.Permissions != nil {
		k.Permissions = *r.Permissions
	}
	if r.RateLimit != nil {
		k.RateLimit = *r.RateLimit
	}
	if r.ExpiresInDays != nil {
		at := now.Add(time.Duration(*r.ExpiresInDays) * 24 * time.Hour)
		k.ExpiresAt = &at
	}
	return k
}
