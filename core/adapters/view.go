package adapters

import (
	"tracedge/core/adaptertype"
	"tracedge/core/web"
)

// configView is an AdapterConfig as admins see it: without its secrets.
type configView struct {
	ID          string           `json:"config_id"`
	Name        string           `json:"name"`
	Description string           `json:"description"`
	Type        adaptertype.Type `json:"adapter_type"`
	Connection  connectionView   `json:"connection_details"`
	Contracts   *Contracts       `json:"contract_configs"`
	Active      bool             `json:"is_active"`
	Default     bool             `json:"is_default"`
	CreatedBy   string           `json:"created_by"`
	CreatedAt   web.TimeZ        `json:"created_at"`
	UpdatedAt   web.TimeZ        `json:"updated_at"`
	TestedAt    *web.TimeZ       `json:"last_tested_at"`
	TestStatus  *TestStatus      `json:"test_status"`
}

type connectionView struct {
	Endpoint   string            `json:"endpoint"`
	APIKey     *string           `json:"api_key"`
	SecretKey  *string           `json:"secret_key"`
	Auth       AuthType          `json:"auth_type"`
	TimeoutMS  int64             `json:"timeout_ms"`
	Retries    int64             `json:"retry_attempts"`
	Concurrent int64             `json:"max_concurrent_requests"`
	Headers    map[string]string `json:"custom_headers"`
}

func (c Config) view() configView {
	v := configView{
		ID: c.ID, Name: c.Name, Description: c.Description, Type: c.Type, Contracts: c.Contracts, Active: c.Active,
		Default: c.Default, CreatedBy: c.CreatedBy, CreatedAt: web.TimeZ(c.CreatedAt), UpdatedAt: web.TimeZ(c.UpdatedAt),
		Connection: connectionView{
			Endpoint: c.Connection.Endpoint, APIKey: mask(c.Connection.APIKey), SecretKey: mask(c.Connection.SecretKey),
			Auth: c.Connection.Auth, TimeoutMS: c.Connection.TimeoutMS, Retries: c.Connection.Retries,
			Concurrent: c.Connection.Concurrent, Headers: make(map[string]string, len(c.Connection.Headers)),
		},
	}
	for name := range c.Connection.Headers {
		v.Connection.Headers[name] = masked
	}
	if c.TestedAt != nil {
		at := web.TimeZ(*c.TestedAt)
		v.TestedAt = &at
	}
	if c.TestStatus != "" {
		v.TestStatus = &c.TestStatus
	}
	return v
}

func mask(sealed string) *string {
	if sealed == "" {
		return nil
	}
	text := masked
	return &text
}
