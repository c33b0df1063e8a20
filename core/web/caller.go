package web

import "time"

// Credential is how a caller proved who it is.
type Credential string

// The credentials.
const (
	ByJWT Credential = "jwt"
	ByKey Credential = "key"
)

// Permissions are what an API key may do. They mean nothing for a JWT, which may do all that its account may.
type Permissions struct {
	Read, Write, Admin bool
}

// Caller is the account on whose behalf a call is made.
type Caller struct {
	UserID       string
	Username     string
	Admin        bool // the account's flag
	Status       string
	Tier         string
	WorkspaceID  *string
	TokenVersion int64

	Credential Credential
	KeyID      string      // of the API key, "" for a JWT
	Key        Permissions // of the API key
	Expires    time.Time   // of the credential; zero is never
}

// Authenticator finds the caller of a call: step 4 of the order of checks, account status included. Class, permissions
// and the admin flag are checked afterwards by this package.
//
// It is not asked for Public routes. For Optional it returns nil, nil when there is no credential; for every other class
// that is a 401. For Admin the account must be read fresh.
type Authenticator interface {
	Authenticate(c *Call, class Class) (*Caller, error)
}
