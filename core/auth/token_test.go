package auth

import (
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"tracedge/core/recent"
)

func TestToken(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := signer{[]byte(strings.Repeat("s", 32)), func() time.Time { return now }, &recent.Texts[claims]{}}
	workspace := "w"
	text, expires, err := s.issue("user-1", &workspace, 3)
	if err != nil || !expires.Equal(now.Add(24*time.Hour)) {
		t.Fatal(err, expires)
	}
	c, err := s.read(text)
	if err != nil || c.UserID != "user-1" || *c.WorkspaceID != "w" || c.Version != 3 || !c.ExpiresAt.Equal(expires) {
		t.Fatalf("%+v, %v", c, err)
	}
	for wait, ok := range map[time.Duration]bool{24*time.Hour + 59*time.Second: true, 24*time.Hour + 61*time.Second: false} {
		late := signer{s.secret, func() time.Time { return now.Add(wait) }, s.known}
		if _, err := late.read(text); (err == nil) != ok {
			t.Errorf("after %s: %v", wait, err)
		}
	}
}

func TestRefusedTokens(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := signer{[]byte(strings.Repeat("s", 32)), func() time.Time { return now }, &recent.Texts[claims]{}}
	good := func() jwt.MapClaims {
		return jwt.MapClaims{"user_id": "user-1", "workspace_id": nil, "exp": now.Add(time.Hour).Unix()}
	}
	sign := func(m jwt.SigningMethod, key any, change func(jwt.MapClaims)) string {
		c := good()
		change(c)
		text, err := jwt.NewWithClaims(m, c).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	same := func(jwt.MapClaims) {}
	if _, err := s.read(sign(jwt.SigningMethodHS256, s.secret, same)); err != nil {
		t.Fatalf("the good one: %v", err)
	}
	if _, err := s.read(sign(jwt.SigningMethodHS256, s.secret, func(c jwt.MapClaims) { c["nbf"] = now.Add(time.Hour).Unix() })); err != nil {
		t.Fatalf("nbf is ignored: %v", err)
	}
	for name, text := range map[string]string{
		"none":           sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, same),
		"HS512":          sign(jwt.SigningMethodHS512, s.secret, same),
		"another secret": sign(jwt.SigningMethodHS256, []byte("x"), same),
		"no exp":         sign(jwt.SigningMethodHS256, s.secret, func(c jwt.MapClaims) { delete(c, "exp") }),
		"exp as text":    sign(jwt.SigningMethodHS256, s.secret, func(c jwt.MapClaims) { c["exp"] = "9999999999" }),
		"audience":       sign(jwt.SigningMethodHS256, s.secret, func(c jwt.MapClaims) { c["aud"] = "x" }),
		"no user":        sign(jwt.SigningMethodHS256, s.secret, func(c jwt.MapClaims) { delete(c, "user_id") }),
		"long user":      sign(jwt.SigningMethodHS256, s.secret, func(c jwt.MapClaims) { c["user_id"] = strings.Repeat("u", 65) }),
		"negative ver":   sign(jwt.SigningMethodHS256, s.secret, func(c jwt.MapClaims) { c["ver"] = -1 }),
		"empty":          "",
		"two parts":      "a.b",
		"cut":            sign(jwt.SigningMethodHS256, s.secret, same)[:40],
	} {
		if c, err := s.read(text); err == nil {
			t.Errorf("%s: taken as %+v", name, c)
		}
	}
}
