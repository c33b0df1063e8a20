package web

// process is the order of checks (conventions, section 2): the first step that fails decides the answer. Steps 9 to 12
// are the handler's, which asks for the body after it has checked what the path names.
func (s *Server) process(c *Call) (any, error) {
	if reply, ok := s.preflight(c); ok { // 1
		return reply, nil
	}
	reply, done, err := s.route(c) // 2
	if err != nil || done {
		return reply, err
	}
	if err := s.configured(c); err != nil { // 3
		return nil, err
	}
	leave, err := c.entry.admit() // 3
	if err != nil {
		return nil, err
	}
	defer leave()
	if err := s.authenticate(c); err != nil { // 4
		return nil, err
	}
	if err := c.authorise(); err != nil { // 5
		return nil, err
	}
	if err := s.quota(c); err != nil { // 6
		return nil, err
	}
	if err := c.bindPath(); err != nil { // 7
		return nil, err
	}
	if err := c.bindQuery(); err != nil { // 7
		return nil, err
	}
	if err := c.readBody(); err != nil { // 8
		return nil, err
	}
	return s.keyed(c, c.entry.route.Handler) // 8, then 9 to 12
}
