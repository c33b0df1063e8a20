package keys

import (
	"time"

	"tracedge/core/storage"
)

// Key is the record apikey/<hash>/key.
type Key struct {
	ID             string       `json:"id"` // UUID
	Hash           string       `json:"key_hash"`
	Prefix         string       `json:"key_prefix"`
	UserID         string       `json:"user_id"` // owner
	Name           string       `json:"name"`
	Organization   Organization `json:"organization_type"`
	OrganizationID *string      `json:"organization_id,omitempty"`
	Permissions    Permissions  `json:"permissions"`
	Endpoints      []string     `json:"allowed_endpoints,omitempty"` // empty is all
	Addresses      []string     `json:"allowed_ips,omitempty"`       // empty is all
	RateLimit      int64        `json:"rate_limit_per_hour"`
	CreatedAt      time.Time    `json:"created_at"`
	ExpiresAt      *time.Time   `json:"expires_at,omitempty"`
	Notes          *string      `json:"notes,omitempty"`
	Revision       int64        `json:"revision"` // grows with each change, so that a late note of one is known as old
}

// Permissions are what a key may do. Custom ones are kept for their owner and never evaluated.
type Permissions struct {
	Read   bool            `json:"read"`
	Write  bool            `json:"write"`
	Admin  bool            `json:"admin"` // counts only while the owner is an admin
	Custom map[string]bool `json:"custom"`
}

// Organization says what kind of organisation a key is for.
type Organization string

// The kinds. The first two are for admins to give.
const (
	AdminOrganization Organization = "Admin"
	Government        Organization = "Government"
	Producer          Organization = "Producer"
	Association       Organization = "Association"
	Enterprise        Organization = "Enterprise"
	External          Organization = "External"
)

// Allowed are the values of a kind.
func (Organization) Allowed() []string {
	return []string{
		string(AdminOrganization), string(Producer), string(Association), string(Enterprise), string(Government), string(External),
	}
}

// stopped is the record beside a key that does not work. It is apart from the key so that a request can have its absence
// verified by the commit that counts it, without reading it again.
type stopped struct {
	Reason reason    `json:"reason"`
	At     time.Time `json:"at"`
}

type reason string

const (
	paused  reason = "paused"  // can be undone
	revoked reason = "revoked" // is final
	deleted reason = "deleted" // outlives the key, so that a request on its way leaves no traces of it
)

// deletionMemory is how long it does: far longer than any request lives.
const deletionMemory = 24 * time.Hour

// Partition is where a key lives.
func Partition(hash string) storage.Partition { return storage.In("apikey", hash) }

// keyClaim is the name of the claim under which a key is created.
const keyClaim = "key"

// The records of a key's partition.
func keyKey(p storage.Partition) storage.Key     { return p.Key("key") }
func stoppedKey(p storage.Partition) storage.Key { return p.Key("stopped") }
func usedKey(p storage.Partition) storage.Key    { return p.Key("used") }
