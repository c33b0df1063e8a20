package auth

import (
	"strings"

	"tracedge/core/accounts"
	"tracedge/core/fault"
	"tracedge/core/web"
)

// keyPrefix begins every API key.
const keyPrefix = "dfm_"

// Authenticate finds the caller by the credential of the request (conventions, section 3). Errors: 400 invalid_format,
// 401, 403 with account_status.
func (s *Service) Authenticate(c *web.Call, class web.Class) (*web.Caller, error) {
	text, ok := credential(c)
	switch {
	case !ok && class == web.Optional:
		return nil, nil
	case !ok:
		return nil, fault.Unauthorized("Authentication is required")
	case strings.HasPrefix(text, keyPrefix):
		return nil, refuseKey(text)
	}
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
	return &web.Caller{
		UserID: a.UserID, Username: a.Username, Admin: a.Admin, Status: string(a.Status), Tier: string(a.Tier),
		WorkspaceID: a.WorkspaceID, TokenVersion: token.Version, Credential: web.ByJWT, Expires: token.ExpiresAt.Time,
	}, nil
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
	if key := h.Get("X-API-Key"); strings.HasPrefix(key, keyPrefix) {
		return key, true
	}
	scheme, text, ok := strings.Cut(h.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	return strings.TrimSpace(text), true
}

func badToken() *fault.Error { return fault.Unauthorized("Token is not valid") }

// refuseKey answers an API key. No account has one yet, so a well-formed key is an unknown one.
func refuseKey(key string) error {
	if !wellFormed(strings.TrimPrefix(key, keyPrefix)) {
		return fault.BadRequest("", "An API key is dfm_ and 32 letters or digits").WithCode("invalid_format")
	}
	return fault.Unauthorized("API key is not valid").WithCode("invalid_api_key")
}

func wellFormed(key string) bool {
	return len(key) == 32 && !strings.ContainsFunc(key, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}
