// Package config is the configuration as a value, made once at start from the deployment's variables
// (docs/configuration.md is its table).
package config

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/crypto/bcrypt"

	"tracedge/core/identifier"
	"tracedge/core/web"
)

// Config is the whole configuration. Its zero value is not usable; see Parse.
type Config struct {
	JWTSecret  []byte // signs tokens; at least 32 bytes
	SecretsKey []byte // 32 bytes, or nil: storing a secret is refused then

	BcryptCost int

	CreditsEnforced bool
	LimitsEnforced  bool

	IdentifierStrictness identifier.Level
	FirstSequence        int // number of the first DFID, where none has been drawn yet

	// Throttles of conventions, section 6; 0 is off.
	ResetsPerHour        int
	LoginFailures        int
	AddressFailures      int
	RegistrationsPerHour int

	Bootstrap Bootstrap
	Mail      Mail
	Adapters  Adapters

	TrustedProxies []netip.Prefix
}

// Bootstrap is the first admin, created when there is none. All three values or nothing.
type Bootstrap struct{ Username, Password, Email string }

// Mail is how mail is sent. Without a provider's key it stays pending.
type Mail struct {
	FrontendURL   string
	FromEmail     string
	FromName      string
	MailerSendKey string
	SendGridKey   string
	Endpoint      string // replaces the provider's address
}

// Adapters are the values of the first adapter configurations, made when there is none. A set that is not complete makes
// nothing.
type Adapters struct {
	IPFSEndpoint    string // an IPFS node; without one Pinata
	PinataAPIKey    string
	PinataSecretKey string
	Testnet         Ledger
	Mainnet         Ledger
}

// Ledger is a Stellar network.
type Ledger struct{ IPCMContract, NFTContract, Secret string }

// Complete tells whether every value is there.
func (l Ledger) Complete() bool { return l.IPCMContract != "" && l.NFTContract != "" && l.Secret != "" }

// Problem is a setting that is missing or unusable. Its message never holds the value.
type Problem struct {
	Setting string
	Message string
}

const minSecret = 32

// Parse reads the variables. With a problem the configuration must not be served; Parse reports all of them.
func Parse(vars map[string]string) (Config, []Problem) {
	p := parser{vars: vars}
	c := Config{
		JWTSecret:            p.secret("JWT_SECRET"),
		SecretsKey:           p.key("SECRETS_KEY"),
		BcryptCost:           p.integer("BCRYPT_COST", bcrypt.DefaultCost, bcrypt.MinCost, bcrypt.MaxCost),
		CreditsEnforced:      p.mode("CREDITS_MODE"),
		LimitsEnforced:       p.mode("LIMITS_MODE"),
		IdentifierStrictness: p.strictness("IDENTIFIER_STRICTNESS"),
		FirstSequence:        p.integer("DFID_FIRST_SEQUENCE", 1, 1, maxSequence),
		ResetsPerHour:        p.integer("PASSWORD_RESET_RATE_LIMIT_PER_HOUR", 3, 0, maxRate),
		LoginFailures:        p.integer("LOGIN_FAILURE_LIMIT", 10, 0, maxRate),
		AddressFailures:      p.integer("ADDRESS_FAILURE_LIMIT", 100, 0, maxRate),
		RegistrationsPerHour: p.integer("REGISTER_RATE_LIMIT_PER_HOUR", 60, 0, maxRate),
		Bootstrap: Bootstrap{
			Username: vars["BOOTSTRAP_ADMIN_USERNAME"],
			Password: vars["BOOTSTRAP_ADMIN_PASSWORD"],
			Email:    vars["BOOTSTRAP_ADMIN_EMAIL"],
		},
		Mail: Mail{
			FrontendURL:   strings.TrimRight(vars["FRONTEND_URL"], "/"),
			FromEmail:     vars["FROM_EMAIL"],
			FromName:      vars["FROM_NAME"],
			MailerSendKey: vars["MAILERSEND_API_KEY"],
			SendGridKey:   vars["SENDGRID_API_KEY"],
			Endpoint:      vars["MAIL_ENDPOINT"],
		},
		Adapters: Adapters{
			IPFSEndpoint:    vars["IPFS_ENDPOINT"],
			PinataAPIKey:    vars["PINATA_API_KEY"],
			PinataSecretKey: vars["PINATA_SECRET_KEY"],
			Testnet: Ledger{
				vars["STELLAR_TESTNET_IPCM_CONTRACT"], vars["STELLAR_TESTNET_NFT_CONTRACT"], vars["STELLAR_TESTNET_SECRET"],
			},
			Mainnet: Ledger{
				vars["STELLAR_MAINNET_IPCM_CONTRACT"], vars["STELLAR_MAINNET_NFT_CONTRACT"], vars["STELLAR_MAINNET_SECRET_KEY"],
			},
		},
		TrustedProxies: p.prefixes("TRUSTED_PROXIES"),
	}
	return c, p.problems
}

const maxRate = 1_000_000

// maxSequence leaves the counter of DFIDs room for as many numbers again, all of them exact in JSON.
const maxSequence = 1 << 52

type parser struct {
	vars     map[string]string
	problems []Problem
}

func (p *parser) problem(setting, format string, args ...any) {
	p.problems = append(p.problems, Problem{setting, fmt.Sprintf(format, args...)})
}

func (p *parser) secret(name string) []byte {
	v := p.vars[name]
	switch {
	case v == "":
		p.problem(name, "is required and not set")
	case len(v) < minSecret:
		p.problem(name, "is shorter than %d bytes", minSecret)
	}
	return []byte(v)
}

func (p *parser) key(name string) []byte {
	v := p.vars[name]
	if v == "" {
		return nil
	}
	key, err := base64.StdEncoding.DecodeString(v)
	if err != nil || len(key) != 32 {
		p.problem(name, "is not 32 bytes in base64")
		return nil
	}
	return key
}

func (p *parser) integer(name string, fallback, low, high int) int {
	v := p.vars[name]
	if v == "" {
		return fallback
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < low || n > high {
		p.problem(name, "is not a whole number from %d to %d", low, high)
		return fallback
	}
	return n
}

func (p *parser) mode(name string) (enforced bool) {
	switch p.vars[name] {
	case "enforce":
		return true
	case "", "display":
	default:
		p.problem(name, "is neither display nor enforce")
	}
	return false
}

func (p *parser) strictness(name string) identifier.Level {
	level, ok := identifier.ParseLevel(p.vars[name])
	if !ok {
		p.problem(name, "is none of basic, registry and strict")
	}
	return level
}

func (p *parser) prefixes(name string) []netip.Prefix {
	out, err := web.ParseProxies(p.vars[name])
	if err != nil {
		p.problem(name, "holds an entry that is neither an address nor a CIDR range")
	}
	return out
}
