package circuits

import (
	"time"

	"tracedge/core/circuits/roles"
)

// Status of a circuit.
type Status string

// The statuses. Only operator tooling archives.
const (
	Active   Status = "Active"
	Inactive Status = "Inactive"
	Archived Status = "Archived"
)

// Head is the record of a circuit itself.
type Head struct {
	ID          string       `json:"circuit_id"`
	Name        string       `json:"name"`
	Description string       `json:"description"`
	OwnerID     string       `json:"owner_id"` // never changes
	Namespace   string       `json:"default_namespace"`
	Aliases     *AliasConfig `json:"alias_config,omitempty"`
	Permissions Flags        `json:"permissions"`
	Status      Status       `json:"status"`
	PublicSince *time.Time   `json:"public_since,omitempty"` // when it was first open to everybody; kept for good
	CreatedAt   time.Time    `json:"created_at"`
	ModifiedAt  time.Time    `json:"last_modified"` // of this record
}

// Flags are the permission flags of a circuit.
type Flags struct {
	ApprovePush bool `json:"require_approval_for_push"`
	ApprovePull bool `json:"require_approval_for_pull"`
	Public      bool `json:"allow_public_visibility"`
}

// AliasConfig is what a circuit asks of the identifiers of items that come into it.
type AliasConfig struct {
	Canonical   []string `json:"required_canonical"`
	Contextual  []string `json:"required_contextual"`
	Fingerprint bool     `json:"use_fingerprint"`
	Namespaces  []string `json:"allowed_namespaces" opt:"true"` // nil is any
	AutoApply   bool     `json:"auto_apply_namespace"`
}

// Member is the row of a member.
type Member struct {
	ID       string     `json:"member_id"`
	Role     roles.Base `json:"role"`
	Custom   string     `json:"custom_role_name,omitempty"` // the name of a custom role, in place of the base role
	Hash     string     `json:"custom_role,omitempty"`      // of that name
	JoinedAt time.Time  `json:"joined_at"`
	AddedBy  string     `json:"added_by"`
}

// Role is the row of a role.
type Role struct {
	ID          string    `json:"role_id"`
	Name        string    `json:"role_name"`
	Permissions roles.Set `json:"permissions"`
	Description string    `json:"description"`
	Color       *string   `json:"color"`
	CreatedAt   time.Time `json:"created_at"`
	CreatedBy   string    `json:"created_by"`
	Default     bool      `json:"is_default"`
}

// RequestStatus says what became of a request to join.
type RequestStatus string

// The statuses of a request.
const (
	Pending  RequestStatus = "Pending"
	Approved RequestStatus = "Approved"
	Rejected RequestStatus = "Rejected"
)

// Request is the row of a request to join.
type Request struct {
	RequesterID string        `json:"requester_id"`
	At          time.Time     `json:"requested_at"`
	Message     *string       `json:"message"`
	Status      RequestStatus `json:"status"`
	DecidedBy   string        `json:"decided_by,omitempty"`
	DecidedAt   *time.Time    `json:"decided_at,omitempty"`
}

// AccessMode says how a listed circuit can be looked at.
type AccessMode string

// The access modes.
const (
	Public    AccessMode = "Public"
	Protected AccessMode = "Protected" // items only with the password
	Scheduled AccessMode = "Scheduled" // listed from a date on
)

// Settings are the record of a circuit's public settings.
type Settings struct {
	Mode          AccessMode `json:"access_mode"`
	ScheduledDate *time.Time `json:"scheduled_date"`
	PasswordHash  string     `json:"password_hash,omitempty"` // bcrypt; never leaves

	Texts

	AutoApprove   bool `json:"auto_approve_members"`
	AutoPublish   bool `json:"auto_publish_pushed_items"`
	ShowEncrypted bool `json:"show_encrypted_events"`
}

// Texts are the texts of public settings, nil where there is none.
type Texts struct {
	Name        *string `json:"public_name"`
	Description *string `json:"public_description"`
	Primary     *string `json:"primary_color"`
	Secondary   *string `json:"secondary_color"`
	Logo        *string `json:"logo_url"`
	Tagline     *string `json:"tagline"`
	Footer      *string `json:"footer_text"`
	EventTypes  *string `json:"required_event_types"`
	Quality     *string `json:"data_quality_rules"`
	Export      *string `json:"export_permissions"`
}

// Published is the row of an item on the public page.
type Published struct {
	DFID string    `json:"dfid"`
	At   time.Time `json:"published_at"`
	By   string    `json:"published_by"`
}

// listed tells whether a circuit is shown to everybody at a moment; nil settings are none.
func listed(h *Head, s *Settings, now time.Time) bool {
	if h.Status != Active || !h.Permissions.Public {
		return false
	}
	return s == nil || s.Mode != Scheduled || s.ScheduledDate != nil && !s.ScheduledDate.After(now)
}

// open tells whether the items of a circuit are shown to everybody.
func open(h *Head, s *Settings, now time.Time) bool {
	return listed(h, s, now) && (s == nil || s.Mode != Protected)
}
