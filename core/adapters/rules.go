package adapters

import (
	"slices"

	"tracedge/core/fault"
)

// checkName is rule 1. Errors: 409.
func checkName(configs []Config, id, name string) error {
	if slices.ContainsFunc(configs, func(c Config) bool { return c.ID != id && c.Name == name }) {
		return fault.Conflict("name", "Another configuration has this name")
	}
	return nil
}

const maxRetries = 10

// prepared is a connection as a request sends it, with its secrets made ready.
type prepared struct {
	connectionRequest
	apiKey, secretKey sent
	headers           map[string]sent
}

// prepare makes the secrets of a request ready for the update. before is the configuration as it was read, empty for a
// new one.
func (v vault) prepare(r *connectionRequest, id string, before Connection) *prepared {
	if r == nil {
		return nil
	}
	p := &prepared{connectionRequest: *r, headers: make(map[string]sent, len(r.Headers))}
	ready := func(name string, text *string, stored string) sent {
		if text == nil {
			return sent{}
		}
		return v.ready(id, name, *text, stored)
	}
	p.apiKey = ready("api_key", r.APIKey, before.APIKey)
	p.secretKey = ready("secret_key", r.SecretKey, before.SecretKey)
	for name, value := range r.Headers {
		p.headers[name] = v.ready(id, headerName(name), value, before.Headers[name])
	}
	return p
}

// check is rules 2 to 5. Errors: 400 with field.
func (p *prepared) check(stored Connection) error {
	if p == nil {
		return nil
	}
	needsKey := p.Auth.Name == authKey || p.Auth.Name == authBearer || p.Auth.Name == authBasic
	switch {
	case p.Endpoint == "":
		return fault.BadRequest("connection_details.endpoint", "Must not be empty")
	case p.TimeoutMS == 0:
		return fault.BadRequest("connection_details.timeout_ms", "Must be more than 0")
	case p.Retries > maxRetries:
		return fault.BadRequest("connection_details.retry_attempts", "Must be at most 10")
	case needsKey && !p.apiKey.has(stored.APIKey):
		return fault.BadRequest("connection_details.api_key", "This auth_type needs it")
	case p.Auth.Name == authBasic && !p.secretKey.has(stored.SecretKey):
		return fault.BadRequest("connection_details.secret_key", "This auth_type needs it")
	}
	return nil
}

// connection is what is stored in place of another one. Errors: 503 where a secret cannot be stored.
func (p *prepared) connection(stored Connection) (Connection, error) {
	c := Connection{
		Endpoint: p.Endpoint, Auth: p.Auth, TimeoutMS: p.TimeoutMS, Retries: p.Retries, Concurrent: p.Concurrent,
	}
	var err error
	if c.APIKey, err = p.apiKey.resolve(stored.APIKey); err != nil {
		return c, err
	}
	if c.SecretKey, err = p.secretKey.resolve(stored.SecretKey); err != nil {
		return c, err
	}
	for name, value := range p.headers {
		sealed, err := value.resolve(stored.Headers[name])
		if err != nil {
			return c, err
		}
		if value.keep && sealed == "" {
			continue // "***" for a header that is not stored keeps nothing
		}
		if c.Headers == nil {
			c.Headers = make(map[string]string, len(p.headers))
		}
		c.Headers[name] = sealed
	}
	return c, nil
}

// checkContracts is rule 6. Errors: 400 with field.
func checkContracts(c *Contracts) error {
	switch {
	case c == nil:
		return nil
	case c.Network == "":
		return fault.BadRequest("contract_configs.network", "Must not be empty")
	case c.Mint != nil && c.Mint.Address == "":
		return fault.BadRequest("contract_configs.mint_contract.contract_address", "Must not be empty")
	case c.IPCM != nil && c.IPCM.Address == "":
		return fault.BadRequest("contract_configs.ipcm_contract.contract_address", "Must not be empty")
	}
	return nil
}
