package keys

import (
	"tracedge/core/digest"
	"tracedge/core/fault"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// Grant is a key that a request has come with.
type Grant struct{ *found }

// Find finds the key of a request by its text: checks 1 to 4 of conventions, section 3, in one call of the sequencer.
// Quota takes the request up from there. Errors: 400 invalid_format; 401 invalid_api_key, api_key_inactive,
// api_key_expired.
func (s *Service) Find(c *web.Call, text string) (*Grant, error) {
	if !WellFormed(text) {
		return nil, fault.BadRequest("", "An API key is dfm_ and 32 letters or digits").WithCode("invalid_format")
	}
	f, err := s.load(c.Context(), digest.OfText(text), func(p storage.Partition, k ...storage.Key) (storage.Snapshot, error) {
		return s.store.Read(c.Context(), "keys_find_key", p, k...)
	})
	switch {
	case err != nil:
		return nil, err
	case f == nil:
		return nil, unknownKey()
	case f.stopped != nil:
		return nil, f.stopped.refusal()
	case f.ExpiresAt != nil && !c.Now().Before(*f.ExpiresAt):
		return nil, fault.Unauthorized("API key has expired").WithCode("api_key_expired")
	}
	g := &Grant{f}
	s.grants.Store(c, g)
	c.OnResponse(func(int) { s.grants.Delete(c) })
	return g, nil
}

// Admit are checks 7 and 8: where the request comes from and what it asks for. Errors: 403 ip_not_allowed,
// endpoint_not_allowed.
func (g *Grant) Admit(c *web.Call) error {
	if !g.takesAddress(c.Address()) {
		return fault.Forbidden("The API key may not be used from this address").WithCode("ip_not_allowed")
	}
	if !g.takesPath(c.Segments()) {
		return fault.Forbidden("The API key may not be used for this endpoint").WithCode("endpoint_not_allowed")
	}
	return nil
}

// grant is the key of a call, nil when it has come without one.
func (s *Service) grant(c *web.Call) *Grant {
	g, _ := s.grants.Load(c)
	if g == nil {
		return nil
	}
	return g.(*Grant)
}

func unknownKey() error {
	return fault.Unauthorized("API key is not valid").WithCode("invalid_api_key")
}

// refusal is the answer to the use of a key that was stopped.
func (s *stopped) refusal() error {
	if s.Reason == deleted {
		return unknownKey()
	}
	return fault.Unauthorized("API key is not active").WithCode("api_key_inactive")
}
