package auth

import (
	"strings"

	"tracedge/core/accounts"
	"tracedge/core/fault"
	"tracedge/core/keys"
	"tracedge/core/web"
)

// Authenticator finds the caller of a request, by token or by API key.
type Authenticator struct {
	*Service
	keys *keys.Service
}

// NewAuthenticator returns the authenticator of all routes.
func NewAuthenticator(s *Service, k *keys.Service) *Authenticator { return &Authenticator{s, k} }

// Authenticate finds the caller by the credential of the request (conventions, section 3). Errors: 400 invalid_format,
// 401, 403 with account_status, 403 ip_not_allowed and endpoint_not_allowed.
func (s *Authenticator) Authenticate(c *web.Call, class web.Class) (*web.Caller, error) {
	text, ok := credential(c)
	switch {
	case !ok && class == web.Optional:
		return nil, nil
	case !ok:
		return nil, fault.Unauthorized("Authentication is required")
	case strings.HasPrefix(text, keys.Prefix):
		return s.byKey(c, class, text)
	default:
		return s.byToken(c, class, text)
	}
}

// byKey goes through the checks of an API key in their order. A key acts as its owner.
func (s *Authenticator) byKey(c *web.Call, class web.Class, text string) (*web.Caller, error) {
	key, err := s.keys.Find(c, text)
	if err != nil {
		return nil, err
	}
	a, err := s.owner(c, class, key.UserID)
	switch {
	case err != nil:
		return nil, err
	case a == nil:
		return nil, fault.Unauthorized("The account of the API key does not exist").WithCode("validation_failed")
	case a.Status != accounts.Active:
		return nil, inactive(a.Status)
	}
	if err := key.Admit(c); err != nil {
		return nil, err
	}
	caller := callerOf(a)
	caller.Credential, caller.KeyID = web.ByKey, key.ID
	caller.Key = web.Permissions{Read: key.Permissions.Read, Write: key.Permissions.Write, Admin: key.Permissions.Admin}
	if key.ExpiresAt != nil {
		caller.Expires = *key.ExpiresAt
	}
	return caller, nil
}

// owner reads a key's account: at the edge, unless the class wants it fresh or the edge does not know it yet.
func (s *Authenticator) owner(c *web.Call, class web.Class, userID string) (*accounts.Account, error) {
	if class != web.Admin {
		if a, err := s.accounts.GetEdge(c.Context(), userID); err != nil || a != nil {
			return a, err
		}
	}
	l, err := s.accounts.Get(c.Context(), userID)
	if l == nil || err != nil {
		return nil, err
	}
	return &l.Account, nil
}

func callerOf(a *accounts.Account) *web.Caller {
	return &web.Caller{
		UserID: a.UserID, Username: a.Username, Admin: a.Admin, Status: string(a.Status), Tier: string(a.Tier),
		WorkspaceID: a.WorkspaceID,
	}
}

func (s *Service) byToken(c *web.Call, class web.Class, text string) (*web.Caller, error) {
	token, err := s.signer.read(text)
	if err != nil {
		return nil, badToken().Because(err)
	}
	a, err := s.account(c, class, token)
	if err != nil {
		return nil, err
	}
	if a == nil || token.Version < a.TokenVersion {
		return nil, badToken()
	}
	if a.Status != accounts.Active {
		return nil, inactive(a.Status)
	}
	caller := callerOf(a)
	caller.TokenVersion, caller.Credential, caller.Expires = token.Version, web.ByJWT, token.ExpiresAt.Time
	return caller, nil
}

// account reads the token's account: at the edge, unless the class wants it fresh or the edge is behind the token.
func (s *Service) account(c *web.Call, class web.Class, token claims) (*accounts.Account, error) {
	if class != web.Admin {
		a, err := s.accounts.GetEdge(c.Context(), token.UserID)
		if err != nil || a != nil && token.Version <= a.TokenVersion {
			return a, err
		}
	}
	l, err := s.accounts.Get(c.Context(), token.UserID)
	if l == nil || err != nil {
		return nil, err
	}
	return &l.Account, nil
}

// credential selects the one credential of a request.
func credential(c *web.Call) (string, bool) {
	h := c.Request().Header
	if key := h.Get("X-API-Key"); strings.HasPrefix(key, keys.Prefix) {
		return key, true
	}
	scheme, text, ok := strings.Cut(h.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	return strings.TrimSpace(text), true
}

func badToken() *fault.Error { return fault.Unauthorized("Token is not valid") }
