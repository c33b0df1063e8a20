package conformance

import (
	"maps"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// claims are the claims of a token for u as the service issues it now, with changes; a nil value removes a claim.
func (u *user) claims(changes jwt.MapClaims) jwt.MapClaims {
	now := time.Now()
	c := jwt.MapClaims{
		"user_id": u.id, "workspace_id": u.workspace, "ver": 0, "iat": now.Unix(), "exp": now.Add(24 * time.Hour).Unix(),
	}
	maps.Copy(c, changes)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

// secret is the key that the service signs tokens with.
func (s *Session) secret() []byte { return []byte(s.service.Settings["JWT_SECRET"]) }

// mint signs a token as the service does, HS256 under its own secret.
func (s *Session) mint(c jwt.MapClaims) string { return s.sign(jwt.SigningMethodHS256, s.secret(), c) }

func (s *Session) sign(method jwt.SigningMethod, key any, c jwt.MapClaims) string {
	s.Helper()
	token, err := jwt.NewWithClaims(method, c).SignedString(key)
	if err != nil {
		s.Fatalf("minting a token: %v", err)
	}
	s.service.suite.secrets.addToken(token)
	return token
}

// read verifies a token of the service and returns its header and claims.
func (s *Session) read(token string) (header map[string]any, c jwt.MapClaims, err error) {
	parsed, err := jwt.ParseWithClaims(token, jwt.MapClaims{}, func(*jwt.Token) (any, error) { return s.secret(), nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithExpirationRequired(), jwt.WithLeeway(time.Minute))
	if err != nil {
		return nil, nil, err
	}
	return parsed.Header, parsed.Claims.(jwt.MapClaims), nil
}

// tokenReply wants the body that login, register and refresh answer with, and a token in it that says the same.
func (s *Session) tokenReply(says string, r *Reply) {
	s.Helper()
	s.want(r, says, ok, nonEmpty("token", "user_id"), textOrNull("workspace_id"), integer("expires_at"))
	header, claims, err := s.read(r.text("token"))
	if err != nil {
		s.wrong(r, "the token does not verify: "+err.Error(), "C3: HS256 under JWT_SECRET")
		return
	}
	workspace, there := claims["workspace_id"]
	bodyWorkspace, _ := r.get("workspace_id")
	exp, iat := integral(claims["exp"]), integral(claims["iat"])
	_, versioned := claims["ver"].(float64)
	_, restricted := claims["aud"]
	for _, c := range []struct {
		holds bool
		wrong string
	}{
		{header["typ"] == "JWT", "header typ is not JWT"},
		{claims["user_id"] == r.text("user_id"), "claim user_id differs from the body"},
		{there && workspace == bodyWorkspace, "claim workspace_id is missing or differs from the body"},
		{exp == r.int("expires_at"), "claim exp differs from expires_at"},
		{iat > 0 && exp == iat+86400, "claim exp is not iat + 86400"},
		{versioned, "claim ver is not a number"},
		{!restricted, "claim aud is there, which the service itself refuses"},
		{near(iat), "claim iat is not about now"},
	} {
		if !c.holds {
			s.wrong(r, c.wrong, "C3: claims user_id, workspace_id (always), exp, iat, ver; "+says)
		}
	}
}

// integral is a JSON number of claims as an integer.
func integral(v any) int64 {
	f, _ := v.(float64)
	return int64(f)
}

// near reports whether a time in Unix seconds is now, give or take what two clocks may differ.
func near(unix int64) bool {
	distance := time.Since(time.Unix(unix, 0)).Abs()
	return distance < 10*time.Minute
}
