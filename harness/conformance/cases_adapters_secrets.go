package conformance

import "fmt"

// secretsCase is C7 Secrets for adapter configurations.
func secretsCase(s *Session) {
	const says = "C7: secrets are write-only: read as ***, null when not set; sending *** keeps the stored value"
	u := s.root()
	tags := map[string]string{}
	for _, name := range []string{"api_key", "secret_key", "header", "other"} {
		tags[name] = s.tag("an adapter's " + name)
	}
	node, endpoint := s.service.IPFS.node(s.newName())
	details := func(more fields) fields {
		return connection(endpoint, with(fields{
			"auth_type": "Bearer", "api_key": tags["api_key"], "secret_key": tags["secret_key"], "custom_headers": fields{"X-Farm": tags["header"]},
		}, more))
	}
	hidden := []Check{configAt("config.")}
	for name, tag := range tags {
		hidden = append(hidden, without("the "+name, tag))
	}
	masked := all(append(hidden, text("config.connection_details.api_key", "***"), text("config.connection_details.secret_key", "***"),
		text("config.connection_details.custom_headers.X-Farm", "***"))...)
	r := s.ask(says, u.createConfig(s.adapterConfig("", fields{"connection_details": details(nil)})), ok, masked)
	id := r.text("config.config_id")
	s.ask(says, u.config("GET", id, ""), ok, masked)
	s.ask("AC6", u.config("POST", id, "/set-default"), ok)

	sees := func(key, farm string) {
		s.Helper()
		before := len(node.Calls())
		s.ask("AP5", get("/api/adapters/ipfs-ipfs/health").bearer(u.token), ok)
		calls := node.Calls()
		if len(calls) == before {
			s.Errorf("the node was not asked; contract: %s", says)
			return
		}
		h := calls[len(calls)-1].Header
		if h.Get("Authorization") != key || h.Get("X-Farm") != farm {
			s.Errorf("the node saw %q and %q; contract: %s", h.Get("Authorization"), h.Get("X-Farm"), says)
		}
	}
	sees("Bearer "+tags["api_key"], tags["header"])
	kept := fields{"api_key": "***", "secret_key": "***", "custom_headers": fields{"X-Farm": "***", "X-Never": "***"}, "timeout_ms": 4000}
	s.ask(says, u.putConfig(id, fields{"connection_details": details(kept)}), ok, masked,
		lacks("config.connection_details.custom_headers.X-Never"))
	sees("Bearer "+tags["api_key"], tags["header"])
	s.noAction(u, "accounts 5: the same secrets again change nothing", func() {
		s.ask(says, u.putConfig(id, fields{"connection_details": details(with(kept, fields{"custom_headers": fields{"X-Farm": tags["header"]}, "api_key": tags["api_key"]}))}), ok, masked)
	})
	s.ask(says, u.putConfig(id, fields{"connection_details": details(fields{"api_key": tags["other"], "secret_key": nil, "custom_headers": fields{}})}), ok,
		all(hidden...), text("config.connection_details.api_key", "***"), is("config.connection_details.secret_key", nil),
		lacks("config.connection_details.custom_headers.X-Farm"))
	sees("Bearer "+tags["other"], "")
	actions := s.ask("AC4", get("/api/admin/actions?limit=20").bearer(u.token), ok)
	for name, tag := range tags {
		s.want(actions, says, without("the "+name, tag))
	}
}

// keylessGroup is a service without SECRETS_KEY.
func keylessGroup() Group {
	return Group{
		Name: "keyless", Serial: true,
		Settings: withAdmin(map[string]string{"SECRETS_KEY": ""}),
		Cases: []Case{
			{Name: "adapter-configs/without-a-key", Run: func(s *Session) {
				const says = "C13: without SECRETS_KEY a request that stores a secret answers 503 other"
				u := s.root()
				missing := all(refused(503, "other"), header("Retry-After", "1"), is("success", false))
				id, taken := s.newConfig(u, s.adapterConfig("http://127.0.0.1:1", nil))
				for i, secret := range []fields{
					{"api_key": "k"}, {"secret_key": "k"}, {"custom_headers": fields{"X-Farm": "k"}}, {"auth_type": "BasicAuth", "api_key": "k", "secret_key": "k"},
				} {
					says := fmt.Sprintf("%s, %d", says, i)
					body := fields{"connection_details": connection("http://127.0.0.1:1", secret)}
					s.ask(says, u.createConfig(s.adapterConfig("", body)), missing)
					s.ask(says, u.putConfig(id, body), missing)
					s.ask("accounts 5: rules first", u.createConfig(s.adapterConfig("", with(body, fields{"name": taken}))), conflict)
				}
				s.ask(says, u.putConfig(id, fields{"name": "renamed " + s.newName(), "connection_details": connection("http://127.0.0.1:1", fields{"api_key": "***"})}), ok,
					is("config.connection_details.api_key", nil))
			}},
			{Name: "webhooks/without-a-key", Run: webhooksWithoutKeyCase},
		},
	}
}
