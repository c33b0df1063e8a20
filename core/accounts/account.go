package accounts

import (
	"time"

	"tracedge/core/adaptertype"
	"tracedge/core/storage"
)

// Account is the record user/<id>/account.
type Account struct {
	UserID       string    `json:"user_id"` // user-<uuid v4> or a bare UUID v4
	Username     string    `json:"username"`
	Email        string    `json:"email"`
	Tier         Tier      `json:"tier"`
	Status       Status    `json:"status"`
	Admin        bool      `json:"is_admin"`
	WorkspaceID  *string   `json:"workspace_id"`
	TokenVersion int64     `json:"token_version"` // raised to refuse every earlier token
	Revision     int64     `json:"revision"`      // raised by every change that lists or counts show
	CreatedAt    time.Time `json:"created_at"`
	UpdatedAt    time.Time `json:"updated_at"` // of the last change by a user or an admin

	Subscription *Subscription `json:"subscription,omitempty"` // set by operator tooling only

	AvailableAdapters []adaptertype.Type `json:"available_adapters"`         // nil is what the tier has, empty is none
	SelectedAdapter   adaptertype.Type   `json:"selected_adapter,omitempty"` // the account's own default, "" for none
}

// AllowedAdapters are the adapter types that the account may use: its own list, or else its tier's. None may always be
// chosen and is never in it.
func (a Account) AllowedAdapters() []adaptertype.Type {
	if a.AvailableAdapters != nil {
		return a.AvailableAdapters
	}
	return a.Tier.Limits().AvailableAdapters
}

// Subscription is what an account pays for.
type Subscription struct {
	ID           string     `json:"subscription_id"`
	PlanID       string     `json:"plan_id"`
	Status       string     `json:"status"`
	StartedAt    time.Time  `json:"started_at"`
	ExpiresAt    *time.Time `json:"expires_at"`
	AutoRenew    bool       `json:"auto_renew"`
	BillingCycle string     `json:"billing_cycle"`
	Price        int64      `json:"price_per_cycle"` // cents
}

// Leads reports whether the account can administer: there is always one that does.
func (a Account) Leads() bool { return a.Admin && a.Status == Active }

// Credential is the record user/<id>/credential.
type Credential struct {
	Hash    string `json:"hash"`    // bcrypt
	Version int64  `json:"version"` // grows with each change, so that a late copy is known as old
}

// Login is the record user/<id>/login.
type Login struct {
	At time.Time `json:"at"`
}

// Status says whether an account may act.
type Status string

// The statuses.
const (
	Active              Status = "Active"
	Suspended           Status = "Suspended"
	Banned              Status = "Banned"
	PendingVerification Status = "PendingVerification"
	TrialExpired        Status = "TrialExpired"
)

// Allowed are the values of a status.
func (Status) Allowed() []string {
	return []string{string(Active), string(Suspended), string(Banned), string(PendingVerification), string(TrialExpired)}
}

// Explain is the text that tells the holder of an account why it may not act.
func (s Status) Explain() string {
	switch s {
	case Suspended:
		return "Account is suspended"
	case Banned:
		return "Account is banned"
	case PendingVerification:
		return "Account is waiting for verification"
	case TrialExpired:
		return "Trial period has expired"
	default:
		return "Account is not active"
	}
}

// Partition is where an account lives.
func Partition(userID string) storage.Partition { return storage.In("user", userID) }

// Key is the record of the account itself in its partition.
func Key(p storage.Partition) storage.Key { return p.Key("account") }

// The records beside it.
func credentialKey(p storage.Partition) storage.Key { return p.Key("credential") }
func loginKey(p storage.Partition) storage.Key      { return p.Key("login") }

// PutAccount writes an account.
func PutAccount(tx *storage.Tx, a Account) error {
	return tx.Put(Key(Partition(a.UserID)), a, storage.Replicated())
}

// GetAccount reads the account of the partition that tx changes.
func GetAccount(tx *storage.Tx, userID string) (a Account, ok bool, err error) {
	ok, err = tx.Get(Key(Partition(userID)), &a)
	return a, ok, err
}
