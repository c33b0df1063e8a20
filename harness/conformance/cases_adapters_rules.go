package conformance

import "fmt"

// configRuleCases are the rules of accounts 5 in their order, and the types of C5.
func configRuleCases() []Case {
	const order = "accounts 5: rules, in order"
	bad := func(details fields) fields { return connection("http://127.0.0.1:1", details) }
	return []Case{
		{Name: "order", Run: func(s *Session) {
			u := s.root()
			_, taken := s.newConfig(u, s.adapterConfig("http://127.0.0.1:1", nil))
			broken := fields{"network": "", "mint_contract": fields{"contract_address": "", "contract_name": "", "methods": fields{}}}
			for _, step := range []struct {
				name    string
				details fields
				want    Check
			}{
				{taken, fields{"endpoint": "", "timeout_ms": 0, "retry_attempts": 11, "auth_type": "ApiKey"}, all(conflict, field("name"))},
				{"", fields{"endpoint": "", "timeout_ms": 0, "retry_attempts": 11, "auth_type": "ApiKey"}, all(badRequest, field("connection_details.endpoint"))},
				{"", fields{"timeout_ms": 0, "retry_attempts": 11, "auth_type": "ApiKey"}, all(badRequest, field("connection_details.timeout_ms"))},
				{"", fields{"retry_attempts": 11, "auth_type": "ApiKey"}, all(badRequest, field("connection_details.retry_attempts"))},
				{"", fields{"retry_attempts": 10, "auth_type": "ApiKey"}, all(badRequest, field("connection_details.api_key"))},
				{"", nil, all(badRequest, field("contract_configs.network"))},
			} {
				more := fields{"connection_details": bad(step.details), "contract_configs": broken}
				if step.name != "" {
					more["name"] = step.name
				}
				s.ask(order, u.createConfig(s.adapterConfig("", more)), step.want, is("success", false))
			}
			id, _ := s.newConfig(u, s.adapterConfig("http://127.0.0.1:1", nil))
			s.ask("AC4: rules below", u.putConfig(id, fields{"name": taken, "connection_details": bad(fields{"timeout_ms": 0})}), conflict, field("name"))
			s.ask("AC4: rules below", u.putConfig(id, fields{"connection_details": bad(fields{"timeout_ms": 0})}), badRequest,
				field("connection_details.timeout_ms"))
			s.ask("AC4: rules below", u.putConfig(id, fields{"contract_configs": broken}), badRequest, field("contract_configs.network"))
		}},
		{Name: "keys-by-auth-type", Run: func(s *Session) {
			u := s.root()
			for _, step := range []struct {
				details fields
				field   string
			}{
				{fields{"auth_type": "Bearer"}, "connection_details.api_key"},
				{fields{"auth_type": "Bearer", "api_key": ""}, "connection_details.api_key"},
				{fields{"auth_type": "ApiKey", "api_key": "***"}, "connection_details.api_key"},
				{fields{"auth_type": "BasicAuth", "secret_key": "s3cret"}, "connection_details.api_key"},
				{fields{"auth_type": "BasicAuth", "api_key": "s3cret"}, "connection_details.secret_key"},
			} {
				s.ask("accounts 5 rule 5", u.createConfig(s.adapterConfig("", fields{"connection_details": bad(step.details)})), badRequest, field(step.field))
			}
			for _, free := range []any{"None", "OAuth2", fields{"Custom": "x"}} {
				s.ask("accounts 5 rule 5", u.createConfig(s.adapterConfig("", fields{"connection_details": bad(fields{"auth_type": free})})), ok)
			}
		}},
		{Name: "contracts", Run: func(s *Session) {
			u := s.root()
			empty := fields{"contract_address": "", "contract_name": "x", "methods": fields{}}
			for _, name := range []string{"mint_contract", "ipcm_contract"} {
				s.ask("accounts 5 rule 6", u.createConfig(s.adapterConfig("http://127.0.0.1:1", fields{"contract_configs": fields{"network": "n", name: empty}})),
					badRequest, field("contract_configs."+name+".contract_address"))
			}
		}},
		{Name: "types", Run: func(s *Session) {
			u := s.root()
			for name, value := range map[string]any{
				"name": 1, "description": true, "adapter_type": "ipfs", "connection_details": "x", "contract_configs": fields{},
			} {
				want := name
				if name == "contract_configs" {
					want = "contract_configs.network"
				}
				s.ask("C5: wrong type or missing field: 422", u.createConfig(s.adapterConfig("http://127.0.0.1:1", fields{name: value})), unprocessable, field(want), is("success", false))
			}
			for _, name := range []string{"name", "description", "adapter_type", "connection_details"} {
				s.ask("AC2: required", u.createConfig(s.adapterConfig("http://127.0.0.1:1", fields{name: nil})), unprocessable, field(name))
			}
			for name, values := range map[string][]any{
				"endpoint": {1}, "auth_type": {"Basic", fields{"Custom": 1}, fields{"Bearer": "x"}, 1}, "timeout_ms": {-1, 1.5, "1"},
				"retry_attempts": {-1, "3"}, "max_concurrent_requests": {-1, true}, "custom_headers": {[]any{}},
			} {
				for _, value := range append(values, nil) {
					s.ask("accounts 10.9: all required but the two keys", u.createConfig(s.adapterConfig("", fields{"connection_details": bad(fields{name: value})})),
						unprocessable, field("connection_details."+name))
				}
			}
			s.ask("C5: unknown enum value", u.createConfig(s.adapterConfig("", fields{"adapter_type": "IPFS-IPFS"})), unprocessable,
				text("provided", "IPFS-IPFS"), texts("allowed"))
			for i, source := range []any{"FromItem", fields{"Static": 1}, fields{"FromDfid": "x"}, fields{"Static": "1", "FromItem": "2"}} {
				method := fields{"method_name": "m", "description": "", "parameters": []any{fields{"param_name": "p", "param_type": "t", "source": source, "required": true}}}
				s.ask(fmt.Sprintf("accounts 10.9: source, %d", i), u.createConfig(s.adapterConfig("http://127.0.0.1:1", fields{"contract_configs": fields{
					"network": "n", "mint_contract": fields{"contract_address": "a", "contract_name": "b", "methods": fields{"m": method}},
				}})), unprocessable)
			}
		}},
		{Name: "body", Run: func(s *Session) {
			u := s.root()
			s.ask("C5: empty: 400", post(adaptersAt, "").bearer(u.token), badRequest, is("success", false))
			s.ask("C5: content type", post(adaptersAt, "{}").as("text/plain").bearer(u.token), wrongType, is("success", false))
			s.ask("an endpoint is shown, so it holds no secret", u.createConfig(s.adapterConfig("http://name:word@127.0.0.1:1", nil)), unprocessable,
				field("connection_details.endpoint"))
			s.ask("a header that cannot be sent", u.createConfig(s.adapterConfig("", fields{"connection_details": bad(fields{"custom_headers": fields{"a b": "x"}})})),
				unprocessable, field("connection_details.custom_headers"))
		}},
	}
}
