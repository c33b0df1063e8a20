package web

// headed sets the headers of every API response: nothing here may be kept by caches or be taken for another type.
func (s *Server) headed(next step) step {
	return func(c *Call) response {
		c.header.Set("Cache-Control", "no-store")
		c.header.Set("X-Content-Type-Options", "nosniff")
		return next(c)
	}
}
