package web

import (
	"tracedge/core/fault"
	"tracedge/core/message"
)

// authenticate is step 4: it finds the caller, as far as the route's class asks for one.
func (s *Server) authenticate(c *Call) error {
	class := c.entry.route.Class
	if class == Public {
		return nil
	}
	caller, err := s.Authenticator.Authenticate(c, class)
	if err != nil {
		return err
	}
	if caller == nil {
		if class == Optional {
			return nil
		}
		return fault.Unauthorized("Authentication is required")
	}
	c.caller = caller
	c.span.SetCaller(caller.UserID, caller.KeyID)
	return nil
}

// authorise is step 5: credential class, then key permission, then the admin flag.
func (c *Call) authorise() error {
	who, class := c.caller, c.entry.route.Class
	if who == nil {
		return nil // public, or optional without a credential
	}
	if who.Credential != ByKey {
		if class == Admin && !who.Admin {
			return fault.Forbidden("Administrators only")
		}
		return nil
	}
	switch {
	case class == JWT:
		return insufficient("This endpoint does not take API keys")
	case !who.Key.allows(c.request.Method):
		return insufficient("The API key lacks the permission for this method")
	case class == Admin && (!who.Key.Admin || !who.Admin):
		return insufficient("The API key may not administer")
	}
	return nil
}

// allows tells whether a key may use a method: read for GET and HEAD, write for every other.
func (p Permissions) allows(method string) bool {
	if method == message.GET || method == message.HEAD {
		return p.Read
	}
	return p.Write
}

func insufficient(message string) error {
	return fault.Forbidden(message).WithCode("insufficient_permissions")
}

// quota is step 6.
func (s *Server) quota(c *Call) error {
	if c.caller == nil || s.Quota == nil {
		return nil
	}
	return s.Quota(c)
}
