package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// adaptersGroup is accounts, sections 5, 6 and 8.2. Configurations are of the whole service, so its cases run in order.
func adaptersGroup() Group {
	return Group{
		Name: "adapters", Serial: true,
		Settings: withAdmin(nil),
		Cases: slices.Concat(
			under("adapter-configs", configCases()...), under("adapter-config-rules", configRuleCases()...),
			under("adapters", adapterCases()...), under("probe", probeCases()...),
		),
	}
}

// configCases are AC1 to AC6.
func configCases() []Case {
	return []Case{
		{Name: "none", Run: func(s *Session) {
			s.ask("AC1: success, configs[], count, next_cursor", get(adaptersAt).bearer(s.root().token), ok, is("success", true),
				number("count", 0), is("next_cursor", nil), emptyList("configs"))
		}},
		{Name: "class", Run: configRoutesClass},
		{Name: "create", Run: createConfigCase},
		{Name: "create-under-an-idempotency-key", Run: func(s *Session) {
			const says = "C9: the stored status and body; nothing is done again"
			u := s.root()
			send := u.createConfig(s.adapterConfig("http://127.0.0.1:1", nil)).with("Idempotency-Key", "make-"+s.newName())
			first := s.ask(says, send, ok, header("Idempotency-Replayed", ""))
			again := s.ask(says, send, ok, header("Idempotency-Replayed", "true"))
			if !bytes.Equal(first.Body, again.Body) {
				s.wrong(again, "body differs from the first", says)
			}
			s.ask(says, send.carrying("{}"), unprocessable)
		}},
		{Name: "get", Run: func(s *Session) {
			u := s.root()
			id, name := s.newConfig(u, s.adapterConfig("http://127.0.0.1:1", nil))
			s.ask("AC3: success, config", u.config("GET", id, ""), ok, is("success", true), configAt("config."), text("config.name", name))
			s.ask("C5: UUID parameters accept every form", u.config("GET", strings.ToUpper(strings.ReplaceAll(id, "-", "")), ""), ok,
				text("config.config_id", id))
			s.ask("C5: HEAD", u.config("HEAD", id, ""), ok)
		}},
		{Name: "unknown", Run: func(s *Session) {
			u := s.root()
			for _, r := range []Request{
				u.config("GET", unknownID, ""), u.putConfig(unknownID, fields{"name": "x"}), u.config("DELETE", unknownID, ""),
				u.config("POST", unknownID, "/set-default"),
			} {
				s.ask("AC3 to AC6: 404", r, notFound, is("success", false))
			}
			s.ask("C2: what the path names (step 9) before the body (step 10)", u.putConfig(unknownID, nil).carrying("{"), notFound)
			for _, r := range []Request{
				u.config("GET", "nobody", ""), u.putConfig("nobody", fields{"name": "x"}), u.config("DELETE", "nobody", ""),
				u.config("POST", "nobody", "/set-default"),
			} {
				s.ask("C5: UUID parameters: anything else is 400", r, badRequest, field("config_id"), is("success", false))
			}
		}},
		{Name: "update", Run: updateConfigCase},
		{Name: "update-of-nothing", Run: func(s *Session) {
			const says = "accounts 5: an AC4 that changes nothing writes nothing"
			u := s.root()
			body := s.adapterConfig("http://127.0.0.1:1", fields{"contract_configs": fields{"network": "testnet"}})
			id, name := s.newConfig(u, body)
			before := s.ask(says, u.config("GET", id, ""), ok)
			s.noAction(u, says, func() {
				s.ask(says, u.putConfig(id, fields{}), ok)
				s.ask(says, u.putConfig(id, fields{"name": name, "is_active": true, "connection_details": body["connection_details"],
					"contract_configs": body["contract_configs"], "description": nil}), ok)
			})
			if after := s.ask(says, u.config("GET", id, ""), ok); !bytes.Equal(after.Body, before.Body) {
				s.wrong(after, "it changed", says)
			}
		}},
		{Name: "delete", Run: func(s *Session) {
			u := s.root()
			id, name := s.newConfig(u, s.adapterConfig("http://127.0.0.1:1", nil))
			s.ask("AC5: success, message; no body", u.config("DELETE", id, "").carrying("{"), ok, is("success", true), nonEmpty("message"))
			s.lastAction(u, "AC5: action AdapterDeleted", id, name, "AdapterDeleted")
			s.ask("AC3: 404", u.config("GET", id, ""), notFound)
			s.ask("AC5: 404", u.config("DELETE", id, ""), notFound)
			s.newConfig(u, s.adapterConfig("http://127.0.0.1:1", fields{"name": name})) // its name is free
		}},
		{Name: "default", Run: defaultConfigCase},
		{Name: "list", Run: listConfigsCase},
		{Name: "secrets", Run: secretsCase},
		{Name: "races", Run: racingConfigs},
	}
}

const unknownID = "8e03978e-40d5-43e8-bc93-6894a57f9324"

// emptyList wants a list without elements.
func emptyList(path string) Check {
	return each([]string{path}, "an empty list", func(v any) bool { list, ok := v.([]any); return ok && len(list) == 0 })
}

func configRoutesClass(s *Session) {
	const says = "accounts 5: class admin, key a+r or a+w"
	u, stranger := s.root(), s.newUser()
	id, _ := s.newConfig(u, s.adapterConfig("http://127.0.0.1:1", nil))
	for _, r := range []Request{
		bare("GET", adaptersAt), post(adaptersAt, "{"), bare("GET", adaptersAt+"/"+id), bare("DELETE", adaptersAt+"/"+id),
		Request{Method: "PUT", Target: adaptersAt + "/" + id}, bare("POST", adaptersAt+"/"+id+"/set-default"),
	} {
		s.ask(says, r, unauthorized, is("success", false))
		s.ask(says, r.bearer(stranger.token), refused(403, "auth_error"), is("success", false))
	}
	reader := s.newKey(u, fields{"permissions": permissions(true, false, true)})
	s.ask(says, reader.use(get(adaptersAt)), ok)
	s.ask(says, reader.use(bare("DELETE", adaptersAt+"/"+id)), refusedKey(403, "insufficient_permissions"), is("success", false))
	writer := s.newKey(u, fields{"permissions": permissions(false, true, true)})
	s.ask(says, writer.use(get(adaptersAt)), refusedKey(403, "insufficient_permissions"))
	s.ask(says, writer.use(bare("DELETE", adaptersAt+"/"+id)), ok)
	for target, allowed := range map[string]string{"": "GET, HEAD, POST, OPTIONS", "/" + id: "GET, HEAD, PUT, DELETE, OPTIONS", "/" + id + "/set-default": "POST, OPTIONS"} {
		s.ask("C4: 405 with Allow", bare("PATCH", adaptersAt+target), notAllowed, header("Allow", allowed))
	}
}

func createConfigCase(s *Session) {
	const says = "AC2: is_active true, is_default false, created_by = caller, test_status NotTested"
	u := s.root()
	body := s.adapterConfig("https://node.example:5001/ipfs", fields{"adapter_type": " IpfsIpfs "})
	r := s.ask(says, u.createConfig(body), ok, is("success", true), nonEmpty("message"), configAt("config."),
		text("config.name", body["name"].(string)), text("config.adapter_type", "ipfs-ipfs"), is("config.is_active", true),
		is("config.is_default", false), text("config.created_by", u.id), text("config.test_status", "NotTested"),
		is("config.last_tested_at", nil), is("config.contract_configs", nil), text("config.connection_details.auth_type", "None"),
		text("config.connection_details.endpoint", "https://node.example:5001/ipfs"), is("config.connection_details.api_key", nil))
	s.lastAction(u, "AC2: action AdapterCreated", r.text("config.config_id"), body["name"].(string), "AdapterCreated")

	contract := fields{
		"contract_address": "CADDR", "contract_name": "IPCM", "abi": []any{fields{"b": 1.5, "a": nil}}, "methods": fields{"update": fields{
			"method_name": "update", "description": "Update", "parameters": []any{
				fields{"param_name": "id", "param_type": "string", "source": "FromDfid", "required": true},
				fields{"param_name": "v", "param_type": "u32", "source": fields{"Static": "1"}, "required": false, "default_value": "0"},
			}, "return_type": "bool",
		}},
	}
	s.ask("accounts 10.9: contract_configs, auth_type {Custom: text}", u.createConfig(s.adapterConfig("http://127.0.0.1:1", fields{
		"adapter_type":       "custom-farm",
		"connection_details": connection("http://127.0.0.1:1", fields{"auth_type": fields{"Custom": "Token"}}),
		"contract_configs":   fields{"network": "testnet", "chain_id": "5", "ipcm_contract": contract},
	})), ok, configAt("config."), text("config.adapter_type", "custom-farm"), text("config.connection_details.auth_type.Custom", "Token"),
		text("config.contract_configs.network", "testnet"), text("config.contract_configs.chain_id", "5"),
		is("config.contract_configs.mint_contract", nil), text("config.contract_configs.ipcm_contract.contract_name", "IPCM"),
		text("config.contract_configs.ipcm_contract.methods.update.parameters.0.source", "FromDfid"),
		text("config.contract_configs.ipcm_contract.methods.update.parameters.1.source.Static", "1"),
		is("config.contract_configs.ipcm_contract.methods.update.parameters.0.default_value", nil),
		is("config.contract_configs.ipcm_contract.abi.0.b", json.Number("1.5")))
}

func updateConfigCase(s *Session) {
	const says = "AC4: config, updated_at; action AdapterUpdated"
	u := s.root()
	id, _ := s.newConfig(u, s.adapterConfig("http://127.0.0.1:1", fields{"contract_configs": fields{"network": "testnet"}}))
	before := s.ask("AC3", u.config("GET", id, ""), ok)
	name := "renamed " + s.newName()
	r := s.ask(says, u.putConfig(id, fields{"name": name, "adapter_type": "polygon-arweave", "config_id": unknownID}), ok, is("success", true),
		nonEmpty("message"), configAt("config."), text("config.name", name), text("config.config_id", id),
		text("config.adapter_type", "ipfs-ipfs"), text("config.description", "of a case"), text("config.created_at", before.text("config.created_at")))
	if r.text("config.updated_at") <= before.text("config.updated_at") {
		s.wrong(r, "updated_at is not later", says)
	}
	s.lastAction(u, says, id, name, "AdapterUpdated")
	s.ask("AC4: connection_details, contract_configs (whole)", u.putConfig(id, fields{
		"description": "", "contract_configs": fields{"network": "mainnet", "mint_contract": nil},
		"connection_details": connection("http://127.0.0.1:2", fields{"timeout_ms": 7}),
	}), ok, text("config.description", ""), text("config.contract_configs.network", "mainnet"),
		text("config.connection_details.endpoint", "http://127.0.0.1:2"), number("config.connection_details.timeout_ms", 7))
	s.ask("accounts 5: contract_configs cannot be cleared", u.putConfig(id, fields{"contract_configs": nil}), ok,
		text("config.contract_configs.network", "mainnet"))
	s.ask("AC4", u.putConfig(id, fields{"is_active": false}), ok, is("config.is_active", false))
	s.ask("AC6: 409 not active", u.config("POST", id, "/set-default"), conflict, is("success", false))
	s.ask("AC4", u.putConfig(id, fields{"is_active": true}), ok, is("config.is_active", true))
}

func defaultConfigCase(s *Session) {
	const says = "AC6: old and new default in one commit; action AdapterUpdated {change set_default}"
	u := s.root()
	one, name := s.newConfig(u, s.adapterConfig("http://127.0.0.1:1", nil))
	two, _ := s.newConfig(u, s.adapterConfig("http://127.0.0.1:1", fields{"adapter_type": "custom-two"}))
	key := "default-" + s.newName()
	s.ask(says, u.config("POST", two, "/set-default"), ok, is("success", true), nonEmpty("message"))
	s.ask(says, u.config("POST", one, "/set-default").carrying("{").with("Idempotency-Key", key), ok)
	s.lastAction(u, says, one, name, "AdapterUpdated", func(at string) Check { return text(at+"details.change", "set_default") })
	s.ask(says, u.config("GET", one, ""), ok, is("config.is_default", true))
	s.ask(says, u.config("GET", two, ""), ok, is("config.is_default", false))
	if got := s.defaults(u); got != one {
		s.Errorf("default are %s; contract: at most one configuration of all is default", got)
	}
	s.noAction(u, "accounts 5: AC6 on the default writes nothing", func() {
		s.ask("AC6", u.config("POST", one, "/set-default"), ok, is("success", true))
		s.ask("C9", u.config("POST", one, "/set-default").carrying("{").with("Idempotency-Key", key), ok, header("Idempotency-Replayed", "true"))
	})
	s.ask("AC5: 409 is default", u.config("DELETE", one, ""), conflict, is("success", false))
	s.ask("AC4: 409 deactivating the default", u.putConfig(one, fields{"is_active": false, "name": "other " + s.newName()}), conflict,
		field("is_active"), is("success", false))
	s.ask("AC4: nothing written", u.config("GET", one, ""), ok, text("config.name", name), is("config.is_active", true))
	s.ask("AC6", u.config("POST", two, "/set-default"), ok)
	s.ask("AC5", u.config("DELETE", one, ""), ok)
}

// defaults are the ids of the default configurations, of which there is one at most.
func (s *Session) defaults(u *user) string {
	s.Helper()
	r := s.ask("AC1", get(adaptersAt+"?limit=200").bearer(u.token), ok)
	var out []string
	for i := range int(r.int("count")) {
		if v, _ := r.get(fmt.Sprintf("configs.%d.is_default", i)); v == true {
			out = append(out, r.text(fmt.Sprintf("configs.%d.config_id", i)))
		}
	}
	return strings.Join(out, " ")
}

func listConfigsCase(s *Session) {
	const says = "AC1: success, configs[], count, next_cursor; newest first"
	u := s.root()
	var made []string
	for range 3 {
		id, _ := s.newConfig(u, s.adapterConfig("http://127.0.0.1:1", nil))
		made = append(made, id)
	}
	first := s.ask(says, get(adaptersAt+"?limit=2").bearer(u.token), ok, number("count", 2), configAt("configs.0."),
		text("configs.0.config_id", made[2]), text("configs.1.config_id", made[1]), nonEmpty("next_cursor"), headerLike("Link", `rel="next"`))
	s.newConfig(u, s.adapterConfig("http://127.0.0.1:1", nil))
	s.ask("C8: a page never repeats an entry because others were added",
		get(adaptersAt+"?limit=2&cursor="+first.text("next_cursor")).bearer(u.token), ok, text("configs.0.config_id", made[0]))
	s.ask("C8: 0 gives an empty page", get(adaptersAt+"?limit=0").bearer(u.token), ok, number("count", 0), emptyList("configs"))
	s.ask("C8: negative or not a number: 400", get(adaptersAt+"?limit=-1").bearer(u.token), badRequest, field("limit"), is("success", false))
	s.ask("C8: unusable cursor: 400", get(adaptersAt+"?cursor=x").bearer(u.token), badRequest, field("cursor"))
	s.ask("AC4", u.putConfig(made[2], fields{"is_active": false}), ok)
	active := s.ask("AC1: active_only", get(adaptersAt+"?active_only=true&limit=200").bearer(u.token), ok)
	if strings.Contains(string(active.Body), made[2]) || !strings.Contains(string(active.Body), made[1]) {
		s.wrong(active, "not the active ones", "AC1: active_only")
	}
	whole := s.ask("AC1: anything else is false", get(adaptersAt+"?active_only=1&limit=200&active_only=yes").bearer(u.token), ok)
	if !strings.Contains(string(whole.Body), made[2]) {
		s.wrong(whole, "inactive ones are missing", "AC1: anything else is false")
	}
}

func racingConfigs(s *Session) {
	u := s.root()
	body := s.adapterConfig("http://127.0.0.1:1", nil)
	requests := make([]Request, 6)
	for i := range requests {
		requests[i] = u.createConfig(body)
	}
	made := 0
	for _, r := range s.together(s.settled, requests) {
		if r.Status == 200 {
			made++
			continue
		}
		s.want(r, "accounts 5 rule 1", conflict, field("name"))
	}
	if made != 1 {
		s.Errorf("%d of the same name were made; contract: accounts 5 rule 1", made)
	}
	for i := range requests {
		id, _ := s.newConfig(u, s.adapterConfig("http://127.0.0.1:1", nil))
		requests[i] = u.config("POST", id, "/set-default")
	}
	for _, r := range s.together(s.settled, requests) {
		s.want(r, "AC6", ok)
	}
	if got := strings.Fields(s.defaults(u)); len(got) != 1 {
		s.Errorf("%d defaults; contract: at most one configuration of all is default", len(got))
	}
}
