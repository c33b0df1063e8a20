package adapters

import (
	"strings"
	"unicode"

	"tracedge/core/adaptertype"
	"tracedge/core/fault"
)

type createRequest struct {
	Name        string             `json:"name"`
	Description string             `json:"description"`
	Type        adaptertype.Type   `json:"adapter_type"`
	Connection  *connectionRequest `json:"connection_details"`
	Contracts   *Contracts         `json:"contract_configs"`
}

type updateRequest struct {
	Name        *string            `json:"name"`
	Description *string            `json:"description"`
	Connection  *connectionRequest `json:"connection_details"` // replaces the whole
	Contracts   *Contracts         `json:"contract_configs"`   // replaces the whole
	Active      *bool              `json:"is_active"`
}

type connectionRequest struct {
	Endpoint   string            `json:"endpoint"`
	APIKey     *string           `json:"api_key"`
	SecretKey  *string           `json:"secret_key"`
	Auth       AuthType          `json:"auth_type"`
	TimeoutMS  int64             `json:"timeout_ms"`
	Retries    int64             `json:"retry_attempts"`
	Concurrent int64             `json:"max_concurrent_requests"`
	Headers    map[string]string `json:"custom_headers"`
}

// The bounds of fields. None has a row in the contract; they keep small what every use of an adapter reads.
const (
	maxName        = 255 // bytes
	maxDescription = 4096
	maxEndpoint    = 2048
	maxSecret      = 8192
	maxHeaders     = 50
)

func checkTexts(name, description *string) error {
	if name != nil && (*name == "" || len(*name) > maxName || strings.ContainsFunc(*name, unicode.IsControl)) {
		return fault.Invalid("name", "Must be 1 to 255 bytes without control characters")
	}
	if description != nil && len(*description) > maxDescription {
		return fault.Invalid("description", "Must be at most 4096 bytes")
	}
	return nil
}

// check refuses what no rule of the contract's order speaks of: numbers below 0, and what cannot be part of a request to
// the adapter. Errors: 422 with field.
func (r *connectionRequest) check() error {
	if r == nil {
		return nil
	}
	for _, n := range []struct {
		field string
		value int64
	}{{"timeout_ms", r.TimeoutMS}, {"retry_attempts", r.Retries}, {"max_concurrent_requests", r.Concurrent}} {
		if n.value < 0 {
			return fault.Invalid("connection_details."+n.field, "Must be 0 or more")
		}
	}
	if len(r.Endpoint) > maxEndpoint || strings.ContainsFunc(r.Endpoint, unicode.IsControl) {
		return fault.Invalid("connection_details.endpoint", "Must be at most 2048 bytes without control characters")
	}
	if hasCredentials(r.Endpoint) {
		return fault.Invalid("connection_details.endpoint", "Must not hold a name or password: it is shown")
	}
	for field, text := range map[string]*string{"api_key": r.APIKey, "secret_key": r.SecretKey} {
		if text != nil && !fieldValue(*text) {
			return fault.Invalid("connection_details."+field, "Must be at most 8192 bytes without control characters")
		}
	}
	if r.Auth.Name == authCustom && !fieldValue(r.Auth.Scheme) {
		return fault.Invalid("connection_details.auth_type", "Must be without control characters")
	}
	if len(r.Headers) > maxHeaders {
		return fault.Invalid("connection_details.custom_headers", "At most 50 headers")
	}
	for name, value := range r.Headers {
		if !fieldName(name) || !fieldValue(value) {
			return fault.Invalid("connection_details.custom_headers", "A name or value cannot be sent as a header")
		}
	}
	return nil
}

// hasCredentials tells whether an address has a name or password in front of its host.
func hasCredentials(endpoint string) bool {
	_, rest, ok := strings.Cut(endpoint, "//")
	host, _, _ := strings.Cut(rest, "/")
	return ok && strings.Contains(host, "@")
}

// fieldName tells a name of a header field (RFC 9110, section 5.6.2).
func fieldName(s string) bool {
	const others = "!#$%&'*+-.^_`|~"
	return s != "" && len(s) <= maxName && !strings.ContainsFunc(s, func(r rune) bool {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		return !letter && !strings.ContainsRune(others, r)
	})
}

// fieldValue tells what can stand in a header field.
func fieldValue(s string) bool {
	return len(s) <= maxSecret && !strings.ContainsFunc(s, unicode.IsControl)
}
