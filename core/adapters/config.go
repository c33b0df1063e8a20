package adapters

import (
	"context"
	"strings"
	"time"

	"tracedge/core/adaptertype"
	"tracedge/core/fault"
	"tracedge/core/order"
	"tracedge/core/storage"
)

// Config is the record adapters/configurations/config/<id>: how an adapter is reached.
type Config struct {
	ID          string           `json:"config_id"` // UUID
	Name        string           `json:"name"`      // unique
	Description string           `json:"description"`
	Type        adaptertype.Type `json:"adapter_type"` // never changes
	Connection  Connection       `json:"connection_details"`
	Contracts   *Contracts       `json:"contract_configs,omitempty"`
	Active      bool             `json:"is_active"`
	Default     bool             `json:"is_default"` // of one at most
	CreatedBy   string           `json:"created_by"`
	CreatedAt   time.Time        `json:"created_at"`
	UpdatedAt   time.Time        `json:"updated_at"`
	TestedAt    *time.Time       `json:"last_tested_at,omitempty"`
	TestStatus  TestStatus       `json:"test_status"`
}

// Connection is the address of an adapter and how it is asked. Its secrets are sealed texts, "" where there is none.
type Connection struct {
	Endpoint   string            `json:"endpoint"`
	APIKey     string            `json:"api_key,omitempty"`
	SecretKey  string            `json:"secret_key,omitempty"`
	Auth       AuthType          `json:"auth_type"`
	TimeoutMS  int64             `json:"timeout_ms"`
	Retries    int64             `json:"retry_attempts"` // after a first attempt that failed
	Concurrent int64             `json:"max_concurrent_requests"`
	Headers    map[string]string `json:"custom_headers,omitempty"`
}

// TestStatus is how the last health check ended.
type TestStatus string

// The statuses that are written.
const (
	Passed    TestStatus = "Passed"
	Failed    TestStatus = "Failed"
	NotTested TestStatus = "NotTested"
)

// maxConfigs bounds what is read whole.
const maxConfigs = 100

func partition() storage.Partition { return storage.In("adapters", "configurations") }

func configPrefix() storage.Key       { return partition().Prefix("config") }
func configKey(id string) storage.Key { return partition().Key("config", id) }

// putConfig writes a configuration. It never goes to KV, where secrets would be copied.
func putConfig(tx *storage.Tx, c Config) error { return tx.Put(configKey(c.ID), c) }

// configsIn reads all configurations within an update, newest first.
func configsIn(tx *storage.Tx) ([]Config, error) {
	page, err := tx.Scan(configPrefix(), storage.Page{Limit: maxConfigs})
	if err != nil {
		return nil, err
	}
	out := make([]Config, len(page.Records))
	for i, r := range page.Records {
		if _, err := tx.Get(r.Key, &out[i]); err != nil { // a look into the page
			return nil, err
		}
	}
	return newestFirst(out), nil
}

// configs reads all configurations, newest first.
func (s *Service) configs(ctx context.Context) ([]Config, error) {
	page, err := s.store.Scan(ctx, "adapters_list_configs", partition(), configPrefix(), storage.Page{Limit: maxConfigs})
	if err != nil {
		return nil, err
	}
	out := make([]Config, len(page.Records))
	for i, r := range page.Records {
		if err := r.Decode(&out[i]); err != nil {
			return nil, err
		}
	}
	return newestFirst(out), nil
}

func newestFirst(configs []Config) []Config {
	order.By(configs, func(a, b Config) int { return strings.Compare(b.position(), a.position()) })
	return configs
}

// position orders configurations by age, and by id where two are of one moment.
func (c Config) position() string { return storage.TimeID(c.CreatedAt, c.ID) }

// used picks the configuration that serves a type, from all of them, newest first: the default if it has that type, else
// the oldest active one. Nil when there is none.
func used(configs []Config, t adaptertype.Type) *Config {
	var out *Config
	for i := range configs {
		c := &configs[i]
		switch {
		case c.Type != t || !c.Active:
		case c.Default:
			return c
		default:
			out = c
		}
	}
	return out
}

func noConfig() error { return fault.NotFound("Adapter configuration not found") }
