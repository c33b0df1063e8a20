package auth

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"time"

	"tracedge/core/recent"
	"tracedge/core/storage"
)

// The token rules of conventions, section 3.
const (
	tokenLife   = 24 * time.Hour
	tokenLeeway = time.Minute
	maxUserID   = 64   // no account has a longer id
	maxKnown    = 1024 // bytes of a token that is remembered
)

// claims is the payload of a token.
type claims struct {
	UserID      string          `json:"user_id"`
	WorkspaceID *string         `json:"workspace_id"` // always present
	Version     int64           `json:"ver"`          // absent counts as 0
	ExpiresAt   *instant        `json:"exp"`
	IssuedAt    *instant        `json:"iat,omitempty"`
	Audience    json.RawMessage `json:"aud,omitempty"`
}

// instant is a NumericDate of RFC 7519, section 2: a JSON number of seconds since 1970. Fractions are dropped.
type instant struct{ time.Time }

func at(t time.Time) *instant { return &instant{t.Truncate(time.Second)} }

// MarshalJSON writes whole seconds.
func (i *instant) MarshalJSON() ([]byte, error) { return strconv.AppendInt(nil, i.Unix(), 10), nil }

// UnmarshalJSON reads a number.
func (i *instant) UnmarshalJSON(b []byte) error {
	seconds, err := strconv.ParseFloat(string(b), 64)
	if err != nil || math.Abs(seconds) > float64(storage.MaxNumber) {
		return errToken
	}
	i.Time = time.Unix(int64(seconds), 0)
	return nil
}

// signer issues and reads tokens: JWT with HS256 under JWT_SECRET.
type signer struct {
	secret []byte
	clock  func() time.Time
	// known are the last tokens whose signature was right, with what they say: callers come with the same one again and
	// again. Whether a token is still taken is asked each time.
	known *recent.Texts[claims]
}

// issue signs a token and returns it with its expiry, in whole seconds.
func (s signer) issue(userID string, workspaceID *string, version int64) (string, time.Time, error) {
	now := s.clock().Truncate(time.Second)
	expires := now.Add(tokenLife)
	payload, err := json.Marshal(claims{
		UserID: userID, WorkspaceID: workspaceID, Version: version,
		ExpiresAt: at(expires), IssuedAt: at(now),
	})
	return seal(payload, s.secret), expires, err
}

var errToken = errors.New("auth: token refused")

// read verifies a token. Every failure is the same to a caller.
func (s signer) read(text string) (claims, error) {
	c, ok := s.known.Find(text)
	if !ok {
		payload, err := unseal(text, s.secret)
		if err != nil {
			return claims{}, err
		}
		if err := json.Unmarshal(payload, &c); err != nil {
			return claims{}, errors.Join(errToken, err)
		}
		if len(text) <= maxKnown {
			s.known.Add(text, c)
		}
	}
	if c.Audience != nil && string(c.Audience) != "null" || !s.current(c.ExpiresAt) ||
		c.UserID == "" || len(c.UserID) > maxUserID || c.Version < 0 {
		return claims{}, errToken
	}
	return c, nil
}

// current reports whether a token with this expiry is still taken. A token without one is not.
func (s signer) current(expires *instant) bool {
	return expires != nil && s.clock().Before(expires.Add(tokenLeeway))
}
