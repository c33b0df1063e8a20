package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
)

// A token is a JWS in compact form (RFC 7515, section 7.1) under HS256 (RFC 7518, section 3.2): the one algorithm of the
// contract. Libraries for it bring all the others along, see RATIONALE.md.

// jwsHeader is {"alg":"HS256","typ":"JWT"}.
const jwsHeader = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"

var base64url = base64.RawURLEncoding.Strict()

// seal makes a token of a payload.
func seal(payload, secret []byte) string {
	signed := jwsHeader + "." + base64url.EncodeToString(payload)
	return signed + "." + base64url.EncodeToString(mac(signed, secret))
}

// unseal returns the payload of a token that was made with the secret.
func unseal(token string, secret []byte) ([]byte, error) {
	at := strings.LastIndexByte(token, '.')
	if at < 0 {
		return nil, errToken
	}
	signed := token[:at]
	signature, err := base64url.DecodeString(token[at+1:])
	if err != nil || !hmac.Equal(signature, mac(signed, secret)) {
		return nil, errToken
	}
	head, body, _ := strings.Cut(signed, ".")
	if head != jwsHeader && !isHS256(head) {
		return nil, errToken
	}
	payload, err := base64url.DecodeString(body)
	if err != nil {
		return nil, errToken
	}
	return payload, nil
}

// isHS256 reads a header in another spelling than ours. The algorithm counts, and a type other than JWT is refused, as is
// what section 4.1.11 of RFC 7515 has to be understood.
func isHS256(head string) bool {
	text, err := base64url.DecodeString(head)
	if err != nil {
		return false
	}
	var h struct {
		Algorithm string          `json:"alg"`
		Type      *string         `json:"typ"`
		Critical  json.RawMessage `json:"crit"`
	}
	if err := json.Unmarshal(text, &h); err != nil {
		return false
	}
	return h.Algorithm == "HS256" && (h.Type == nil || *h.Type == "JWT") && h.Critical == nil
}

func mac(text string, secret []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(text))
	return h.Sum(nil)
}
