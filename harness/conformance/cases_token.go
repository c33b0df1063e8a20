package conformance

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// tokenCases are attacks on the JWT rules of C3, each tried on a route of class user and on one of class jwt.
func tokenCases() []Case {
	var cases []Case
	add := func(name, says string, forge func(*Session, *user) Request, checks ...Check) {
		cases = append(cases, Case{Name: name, Run: func(s *Session) {
			u := s.newUser()
			r := forge(s, u)
			s.ask(says, r, checks...)
			r.Method, r.Target = "POST", "/api/auth/refresh"
			s.ask(says, r, checks...)
			r.Method, r.Target = "GET", "/api/auth/verify"
			verify := s.ask(says, r, checks...)
			if verify.Status == 401 {
				s.want(verify, "A3: every refused credential answers 401 with valid false", invalid)
			}
		}})
	}
	// token makes a case of a bearer token.
	token := func(name, says string, forge func(*Session, *user) string, checks ...Check) {
		add(name, says, func(s *Session, u *user) Request { return get("/api/auth/profile").bearer(forge(s, u)) }, checks...)
	}
	// claimed makes a case of a well-signed token with changed claims.
	claimed := func(name, says string, changes jwt.MapClaims, checks ...Check) {
		token(name, says, func(s *Session, u *user) string { return s.mint(u.claims(changes)) }, checks...)
	}
	now := time.Now()

	const hs256 = "C3: HS256 only"
	token("minted-like-the-service", "C3: HS256 under JWT_SECRET", func(s *Session, u *user) string { return s.mint(u.claims(nil)) }, ok)
	token("alg-none", hs256, func(s *Session, u *user) string {
		return s.sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, u.claims(nil))
	}, unauthorized)
	token("alg-none-keeping-signature", hs256, func(s *Session, u *user) string {
		return headed(u.token, `{"alg":"none","typ":"JWT"}`)
	}, unauthorized)
	token("alg-odd-case", hs256, func(s *Session, u *user) string {
		return headed(u.token, `{"alg":"nOnE","typ":"JWT"}`)
	}, unauthorized)
	token("alg-hs384", hs256, func(s *Session, u *user) string { return s.sign(jwt.SigningMethodHS384, s.secret(), u.claims(nil)) }, unauthorized)
	token("alg-hs512", hs256, func(s *Session, u *user) string { return s.sign(jwt.SigningMethodHS512, s.secret(), u.claims(nil)) }, unauthorized)
	token("alg-eddsa", hs256, func(s *Session, u *user) string {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			s.Fatal(err)
		}
		return s.sign(jwt.SigningMethodEdDSA, key, u.claims(nil))
	}, unauthorized)
	token("header-not-the-signed-one", hs256, func(s *Session, u *user) string {
		return headed(u.token, `{"alg":"HS256","typ":"JWT","kid":"../../dev/null"}`)
	}, unauthorized)

	const failure = "C3: any failure is 401"
	token("wrong-secret", failure, func(s *Session, u *user) string {
		return s.sign(jwt.SigningMethodHS256, []byte(randomHex(24)), u.claims(nil))
	}, unauthorized)
	token("empty-secret", failure, func(s *Session, u *user) string {
		return s.sign(jwt.SigningMethodHS256, []byte{}, u.claims(nil))
	}, unauthorized)
	token("payload-of-another", failure, func(s *Session, u *user) string {
		mine, theirs := strings.Split(u.token, "."), strings.Split(s.newUser().token, ".")
		return mine[0] + "." + theirs[1] + "." + mine[2]
	}, unauthorized)
	token("signature-missing", failure, func(_ *Session, u *user) string { return u.token[:strings.LastIndex(u.token, ".")+1] }, unauthorized)
	token("signature-cut", failure, func(_ *Session, u *user) string { return u.token[:len(u.token)-4] }, unauthorized)
	token("two-parts", failure, func(_ *Session, u *user) string { return u.token[:strings.LastIndex(u.token, ".")] }, unauthorized)
	token("four-parts", failure, func(_ *Session, u *user) string { return u.token + ".e30" }, unauthorized)
	token("padded", failure, func(_ *Session, u *user) string { return u.token + "==" }, unauthorized)
	for name, text := range map[string]string{
		"word": "garbage", "dots": "..", "more-dots": "a.b.c.d.e", "not-base64": "a$.b$.c$", "json": `{"user_id":"x"}`, "null": "null",
		"empty-object": "e30.e30.e30",
	} {
		token("garbage-"+name, failure, func(*Session, *user) string { return text }, unauthorized)
	}
	token("payload-array", failure, func(s *Session, _ *user) string { return s.signed(`["user_id"]`) }, unauthorized)
	token("payload-null", failure, func(s *Session, _ *user) string { return s.signed(`null`) }, unauthorized)
	token("payload-not-json", failure, func(s *Session, _ *user) string { return s.signed(`{"user_id":`) }, unauthorized)

	claimed("aud", "C3: a token with aud is refused", jwt.MapClaims{"aud": "tracedge"}, unauthorized)
	claimed("aud-list", "C3: a token with aud is refused", jwt.MapClaims{"aud": []string{"a", "b"}}, unauthorized)
	claimed("exp-missing", "C3: exp is required", jwt.MapClaims{"exp": nil}, unauthorized)
	claimed("exp-text", "C3: exp is required", jwt.MapClaims{"exp": "9999999999"}, unauthorized)
	claimed("exp-zero", "C3: exp is required", jwt.MapClaims{"exp": 0}, unauthorized)
	claimed("exp-negative", failure, jwt.MapClaims{"exp": -1}, unauthorized)
	claimed("expired", "C3: leeway is 60 s", jwt.MapClaims{"exp": now.Add(-10 * time.Minute).Unix()}, unauthorized)
	claimed("nbf-ahead", "C3: nbf is ignored", jwt.MapClaims{"nbf": now.Add(time.Hour).Unix()}, ok)
	claimed("iss-and-sub", "C3: other claims say nothing", jwt.MapClaims{"iss": "x", "sub": "y"}, ok)
	claimed("ver-absent", "C3: ver absent counts as 0", jwt.MapClaims{"ver": nil}, ok)
	claimed("ver-below", "C3: ver below the account's token version is 401", jwt.MapClaims{"ver": -1}, unauthorized)
	claimed("ver-text", failure, jwt.MapClaims{"ver": "0"}, unauthorized)
	claimed("ver-above", "C3: the account is read again before deciding", jwt.MapClaims{"ver": 7}, status(200, 401))
	claimed("user-missing", failure, jwt.MapClaims{"user_id": nil}, unauthorized)
	claimed("user-empty", failure, jwt.MapClaims{"user_id": ""}, unauthorized)
	claimed("user-number", failure, jwt.MapClaims{"user_id": 7}, unauthorized)
	claimed("user-unknown", "C3: account missing is 401", jwt.MapClaims{"user_id": "user-00000000-0000-4000-8000-000000000000"}, unauthorized)
	claimed("user-like-a-key", "C3: account missing is 401", jwt.MapClaims{"user_id": "../user/x\x00\n"}, unauthorized)
	claimed("user-very-long", "C3: account missing is 401", jwt.MapClaims{"user_id": strings.Repeat("u", 3000)}, unauthorized)
	cases = append(cases, Case{Name: "expired-within-leeway", Run: func(s *Session) {
		u := s.newUser()
		expired := s.mint(u.claims(jwt.MapClaims{"exp": time.Now().Add(-15 * time.Second).Unix()}))
		s.ask("C3: leeway is 60 s", get("/api/auth/profile").bearer(expired), ok)
	}})

	const scheme = "C3: Bearer in any case; other schemes count as none"
	for name, form := range map[string]struct {
		value string
		check Check
	}{
		"lower": {"bearer $token", ok}, "upper": {"BEARER $token", ok}, "mixed": {"bEaReR $token", ok},
		"basic": {"Basic $token", unauthorized}, "token": {"Token $token", unauthorized}, "none": {"$token", unauthorized},
		"empty": {"", unauthorized}, "alone": {"Bearer", unauthorized}, "alone-space": {"Bearer ", unauthorized},
		"glued": {"Bearer:$token", unauthorized}, "prefix": {"XBearer $token", unauthorized}, "two": {"Bearer garbage $token", unauthorized},
	} {
		add("scheme-"+name, scheme, func(*Session, *user) Request {
			return get("/api/auth/profile").with("Authorization", form.value)
		}, form.check)
	}
	add("twice-garbage-first", failure, func(*Session, *user) Request {
		return get("/api/auth/profile").bearer("garbage").bearer("$token")
	}, unauthorized)
	cases = append(cases,
		answer("in-query", "C3: a credential is a header", get("/api/auth/profile?token=e30.e30.e30&access_token=e30.e30.e30"), unauthorized),
		answer("in-cookie", "C3: a credential is a header", get("/api/auth/profile").with("Cookie", "token=$token"), unauthorized),
		Case{Name: "one-text-for-all-causes", Run: func(s *Session) {
			const says = "C3: one text for all causes"
			u := s.newUser()
			want := s.ask(says, get("/api/auth/profile").bearer("garbage"), unauthorized)
			for _, token := range []string{
				s.sign(jwt.SigningMethodHS256, []byte(randomHex(24)), u.claims(nil)),
				s.mint(u.claims(jwt.MapClaims{"exp": nil})),
				s.mint(u.claims(jwt.MapClaims{"exp": 1})),
				s.mint(u.claims(jwt.MapClaims{"aud": "x"})),
				s.mint(u.claims(jwt.MapClaims{"user_id": "user-00000000-0000-4000-8000-000000000000"})),
			} {
				s.ask(says, get("/api/auth/profile").bearer(token), unauthorized, text("error", want.text("error")))
			}
		}},
	)
	return under("token", sorted(cases)...)
}

// headed replaces the header of a token and keeps its signature.
func headed(token, header string) string {
	_, rest, _ := strings.Cut(token, ".")
	return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + rest
}

// signed signs any payload, which a JWT library would refuse to make, with the service's own secret.
func (s *Session) signed(payload string) string {
	s.Helper()
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." +
		base64.RawURLEncoding.EncodeToString([]byte(payload))
	signature, err := jwt.SigningMethodHS256.Sign(text, s.secret())
	if err != nil {
		s.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}
