package conformance

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"maps"
)

// defaults returns the settings of a service unless its group says otherwise: throttles that no case reaches by
// accident, the cheapest password hash, and a trusted loopback peer, so that each case can have a client address of its
// own in X-Forwarded-For.
func defaults(mailEndpoint string) map[string]string {
	return map[string]string{
		"JWT_SECRET":                         randomHex(24),
		"SECRETS_KEY":                        base64.StdEncoding.EncodeToString([]byte(randomHex(16))),
		"BCRYPT_COST":                        "4",
		"LOGIN_FAILURE_LIMIT":                "1000",
		"ADDRESS_FAILURE_LIMIT":              "100000",
		"REGISTER_RATE_LIMIT_PER_HOUR":       "100000",
		"PASSWORD_RESET_RATE_LIMIT_PER_HOUR": "100",
		"TRUSTED_PROXIES":                    "127.0.0.0/8,::1/128",
		"FRONTEND_URL":                       "https://app.example.test",
		"FROM_EMAIL":                         "sender@example.test",
		"FROM_NAME":                          "Tracedge",
		"MAILERSEND_API_KEY":                 "mlsn." + randomHex(16),
		"MAIL_ENDPOINT":                      mailEndpoint,
	}
}

// secretSettings are the settings whose values must never appear in a record.
var secretSettings = []string{
	"JWT_SECRET", "SECRETS_KEY", "MAILERSEND_API_KEY",
	"BOOTSTRAP_ADMIN_USERNAME", "BOOTSTRAP_ADMIN_PASSWORD", "BOOTSTRAP_ADMIN_EMAIL",
	"PINATA_API_KEY", "PINATA_SECRET_KEY", "STELLAR_TESTNET_SECRET", "STELLAR_MAINNET_SECRET_KEY",
}

// settingsOf merges the defaults with the changes of a group. A change to "" unsets.
func settingsOf(mailEndpoint string, changes map[string]string) map[string]string {
	merged := defaults(mailEndpoint)
	maps.Copy(merged, changes)
	maps.DeleteFunc(merged, func(_, value string) bool { return value == "" })
	return merged
}

// randomHex returns n random bytes as lower-case hex.
func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}
