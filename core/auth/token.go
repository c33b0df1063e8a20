package auth

import (
	"errors"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// The token rules of conventions, section 3.
const (
	tokenLife   = 24 * time.Hour
	tokenLeeway = time.Minute
	maxUserID   = 64 // no account has a longer id
)

// claims is the payload of a token.
type claims struct {
	UserID      string           `json:"user_id"`
	WorkspaceID *string          `json:"workspace_id"` // always present
	Version     int64            `json:"ver"`          // absent counts as 0
	ExpiresAt   *instant         `json:"exp"`
	IssuedAt    *instant         `json:"iat,omitempty"`
	Audience    jwt.ClaimStrings `json:"aud,omitempty"`
}

// The methods of jwt.Claims.
func (c claims) GetExpirationTime() (*jwt.NumericDate, error) { return c.ExpiresAt.date(), nil }
func (c claims) GetIssuedAt() (*jwt.NumericDate, error)       { return c.IssuedAt.date(), nil }
func (c claims) GetNotBefore() (*jwt.NumericDate, error)      { return nil, nil } // nbf is ignored
func (c claims) GetIssuer() (string, error)                   { return "", nil }
func (c claims) GetSubject() (string, error)                  { return "", nil }
func (c claims) GetAudience() (jwt.ClaimStrings, error)       { return c.Audience, nil }

// instant is a NumericDate of RFC 7519, section 2: a JSON number. The library also takes a string.
type instant struct{ jwt.NumericDate }

func at(t time.Time) *instant { return &instant{*jwt.NewNumericDate(t)} }

func (i *instant) date() *jwt.NumericDate {
	if i == nil {
		return nil
	}
	return &i.NumericDate
}

// UnmarshalJSON reads a number.
func (i *instant) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return errToken
	}
	return i.NumericDate.UnmarshalJSON(b)
}

// signer issues and reads tokens: JWT with HS256 under JWT_SECRET.
type signer struct {
	secret []byte
	clock  func() time.Time
}

// issue signs a token and returns it with its expiry, in whole seconds.
func (s signer) issue(userID string, workspaceID *string, version int64) (string, time.Time, error) {
	now := s.clock().Truncate(time.Second)
	expires := now.Add(tokenLife)
	text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		UserID: userID, WorkspaceID: workspaceID, Version: version,
		ExpiresAt: at(expires), IssuedAt: at(now),
	}).SignedString(s.secret)
	return text, expires, err
}

var errToken = errors.New("auth: token refused")

// read verifies a token. Every failure is the same to a caller.
func (s signer) read(text string) (claims, error) {
	var c claims
	_, err := jwt.ParseWithClaims(text, &c, func(t *jwt.Token) (any, error) {
		if typ, ok := t.Header["typ"]; ok && typ != "JWT" {
			return nil, errToken
		}
		return s.secret, nil
	}, jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithExpirationRequired(),
		jwt.WithLeeway(tokenLeeway), jwt.WithTimeFunc(s.clock))
	if err != nil || c.UserID == "" || len(c.UserID) > maxUserID || len(c.Audience) > 0 || c.Version < 0 {
		return claims{}, errors.Join(errToken, err)
	}
	return c, nil
}
