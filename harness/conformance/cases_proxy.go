package conformance

import "time"

// proxyCases are C3 Client address behind a trusted peer: the throttles count for the address that it names.
func proxyCases() []Case {
	const says = "C3: X-Forwarded-For and X-Real-IP are read when the connecting peer is in TRUSTED_PROXIES"
	counted := func(name, header string) Case {
		return Case{Name: name, Run: func(s *Session) {
			s.steady()
			from := func(address string) Request {
				r := forgot("email", s.newEmail()).with(header, address)
				if header != "X-Forwarded-For" {
					r = r.withoutForwarded()
				}
				return r
			}
			mine, other := randomAddress(), randomAddress()
			refusal := s.until429(says, forgotsPerHost, func() Request { return from(mine) }, ok)
			s.want(refusal, says, limited(forgotsPerHost, time.Hour))
			s.ask(says+"; another address has its own count", from(other), ok)
		}}
	}
	return under("proxy", counted("forwarded-for", "X-Forwarded-For"), counted("real-ip", "X-Real-IP"))
}
