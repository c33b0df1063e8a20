package config_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"tracedge/core/config"
	"tracedge/core/identifier"
)

func TestDefaults(t *testing.T) {
	c, problems := config.Parse(map[string]string{"JWT_SECRET": strings.Repeat("s", 32)})
	if problems != nil {
		t.Fatal(problems)
	}
	if c.BcryptCost != 10 || c.ResetsPerHour != 3 || c.LoginFailures != 10 || c.AddressFailures != 100 ||
		c.RegistrationsPerHour != 60 || c.CreditsEnforced || c.LimitsEnforced || c.SecretsKey != nil ||
		c.IdentifierStrictness != identifier.Basic {
		t.Fatalf("%+v", c)
	}
}

func TestProblems(t *testing.T) {
	const hidden = "do-not-show"
	for setting, value := range map[string]string{
		"JWT_SECRET":                   hidden,
		"SECRETS_KEY":                  hidden,
		"BCRYPT_COST":                  "3",
		"CREDITS_MODE":                 hidden,
		"LIMITS_MODE":                  "Enforce",
		"IDENTIFIER_STRICTNESS":        "Strict",
		"LOGIN_FAILURE_LIMIT":          "-1",
		"ADDRESS_FAILURE_LIMIT":        "1.5",
		"REGISTER_RATE_LIMIT_PER_HOUR": hidden,
		"TRUSTED_PROXIES":              "10.0.0.0/8, " + hidden,
	} {
		vars := map[string]string{"JWT_SECRET": strings.Repeat("s", 32), setting: value}
		_, problems := config.Parse(vars)
		if len(problems) != 1 || problems[0].Setting != setting {
			t.Errorf("%s=%s: %v", setting, value, problems)
			continue
		}
		if strings.Contains(problems[0].Message, hidden) {
			t.Errorf("%s: the message shows the value", setting)
		}
	}
	if _, problems := config.Parse(nil); len(problems) != 1 || problems[0].Setting != "JWT_SECRET" {
		t.Errorf("nothing set: %v", problems)
	}
}

func TestValues(t *testing.T) {
	key := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))
	c, problems := config.Parse(map[string]string{
		"JWT_SECRET": strings.Repeat("s", 32), "SECRETS_KEY": key, "CREDITS_MODE": "enforce", "FRONTEND_URL": "https://x/",
		"TRUSTED_PROXIES": "10.1.2.3/8 2001:db8::1", "LOGIN_FAILURE_LIMIT": "0",
		"IDENTIFIER_STRICTNESS": "strict",
	})
	if problems != nil || len(c.SecretsKey) != 32 || !c.CreditsEnforced || c.Mail.FrontendURL != "https://x" || c.LoginFailures != 0 ||
		c.IdentifierStrictness != identifier.Strict {
		t.Fatalf("%+v %v", c, problems)
	}
	if len(c.TrustedProxies) != 2 || c.TrustedProxies[0].String() != "10.0.0.0/8" || c.TrustedProxies[1].Bits() != 128 {
		t.Fatalf("%v", c.TrustedProxies)
	}
}

func TestAdapters(t *testing.T) {
	vars := map[string]string{
		"JWT_SECRET": strings.Repeat("s", 32), "IPFS_ENDPOINT": "http://node", "PINATA_API_KEY": "k", "PINATA_SECRET_KEY": "s",
		"STELLAR_TESTNET_IPCM_CONTRACT": "a", "STELLAR_TESTNET_NFT_CONTRACT": "b", "STELLAR_TESTNET_SECRET": "c",
		"STELLAR_MAINNET_IPCM_CONTRACT": "d", "STELLAR_MAINNET_SECRET_KEY": "f",
	}
	c, problems := config.Parse(vars)
	want := config.Adapters{
		IPFSEndpoint: "http://node", PinataAPIKey: "k", PinataSecretKey: "s",
		Testnet: config.Ledger{IPCMContract: "a", NFTContract: "b", Secret: "c"}, Mainnet: config.Ledger{IPCMContract: "d", Secret: "f"},
	}
	if problems != nil || c.Adapters != want || !c.Adapters.Testnet.Complete() || c.Adapters.Mainnet.Complete() {
		t.Errorf("%+v, %v", c.Adapters, problems)
	}
}
