package conformance

import (
	"fmt"
	"strings"
	"time"

	"tracedge/harness/fakekubo"
)

// adapterCases are AP1 to AP5.
func adapterCases() []Case {
	return []Case{
		{Name: "allowed", Run: allowedCase},
		{Name: "select", Run: selectCase},
		{Name: "templates", Run: func(s *Session) {
			r := s.ask("AP3: success, templates", get("/api/adapters/templates").bearer(s.me().token), ok, is("success", true))
			for _, name := range []string{"none", "ipfs-ipfs", "stellar_testnet-ipfs", "stellar_mainnet-ipfs"} {
				for _, part := range []string{"description", "cost", "scalability", "decentralization", "use_case"} {
					s.want(r, "AP3: strings", nonEmpty("templates."+name+"."+part))
				}
			}
			s.ask("C3: class user", get("/api/adapters/templates"), unauthorized, is("success", false))
		}},
		{Name: "keys", Run: func(s *Session) {
			const says = "accounts 6: key r, AP2 key w"
			reader := s.newKey(s.me(), nil)
			s.ask(says, reader.use(get("/api/adapters")), ok)
			s.ask(says, reader.use(get("/api/adapters/templates")), ok)
			s.ask(says, reader.use(post("/api/adapters/select", `{"adapter_type":"none"}`)), refusedKey(403, "insufficient_permissions"), is("success", false))
			writer := s.newKey(s.me(), fields{"permissions": permissions(false, true, false)})
			s.ask(says, writer.use(post("/api/adapters/select", `{"adapter_type":"none"}`)), ok)
			s.ask(says, writer.use(get("/api/adapters/ipfs-ipfs/health")), refusedKey(403, "insufficient_permissions"))
		}},
		{Name: "not-offered", Run: notOfferedCase},
		{Name: "working", Run: workingCase},
		{Name: "auth-types", Run: authTypesCase},
		{Name: "failing", Run: failingCase},
		{Name: "slow", Run: func(s *Session) {
			const says = "accounts 6: probe deadline = timeout_ms; probe timed out: 502"
			u := s.root()
			node, id := s.newNode(u, fields{"timeout_ms": 150})
			defer node.Silence()()
			late := all(refused(502, "external_timeout"), is("success", false), text("adapter_type", "ipfs-ipfs"))
			s.ask(says, get("/api/adapters/ipfs-ipfs/health").bearer(u.token), late, is("healthy", false), instant("checked_at"))
			s.ask(says, get("/api/adapters/ipfs-ipfs/status").bearer(u.token), late, lacks("healthy"))
			s.tested(u, id, "Failed")
		}},
		{Name: "configuration-used", Run: usedConfigCase},
		{Name: "concurrency", Run: func(s *Session) {
			const says = "accounts 10.9: max_concurrent_requests; accounts 6: a result may be reused for 10 s"
			u := s.root()
			node, _ := s.newNode(u, fields{"max_concurrent_requests": 2})
			node.Slow(20 * time.Millisecond)
			requests := make([]Request, 12)
			for i := range requests {
				requests[i] = get("/api/adapters/ipfs-ipfs/health").bearer(u.token)
			}
			for _, r := range s.together(s.settled, requests) {
				s.want(r, says, ok)
			}
			if node.Count("id") > len(requests) {
				s.Errorf("%d calls for %d requests; contract: %s", node.Count("id"), len(requests), says)
			}
		}},
	}
}

func allowedCase(s *Session) {
	const says = "AP1: the allowed set, from the tier (10.2)"
	u := s.root()
	s.newNode(u, nil)
	me := s.me()
	s.ask(says, get("/api/adapters").bearer(me.token), ok, is("success", true), text("user_id", me.id), text("tier", "Basic"),
		is("using_custom_adapters", false), number("count", 1), is("selected_adapter", nil), text("adapters.0.adapter_type", "ipfs-ipfs"),
		text("adapters.0.name", "ipfs-ipfs"), nonEmpty("adapters.0.description"), text("adapters.0.item_storage", "IPFS"),
		text("adapters.0.event_storage", "IPFS"), is("adapters.0.requires_blockchain", false), is("adapters.0.available", true),
		is("adapters.0.configured", true))
	r := s.ask(says, get("/api/adapters").bearer(u.token), ok, text("tier", "Admin"), number("count", 5))
	for i, want := range [][3]any{
		{"ipfs-ipfs", "IPFS IPFS", true}, {"stellar_testnet-ipfs", "StellarTestnet IPFS", false}, {"stellar_mainnet-ipfs", "StellarMainnet IPFS", false},
		{"ethereum_goerli-ipfs", "EthereumGoerli IPFS", false}, {"polygon-arweave", "Polygon Arweave", false},
	} {
		at := fmt.Sprintf("adapters.%d.", i)
		items, events, _ := strings.Cut(want[1].(string), " ")
		s.want(r, "accounts 10.2, 10.8", text(at+"adapter_type", want[0].(string)), text(at+"item_storage", items), text(at+"event_storage", events),
			is(at+"requires_blockchain", i > 0), is(at+"available", want[2]))
	}
	s.ask("C3", get("/api/adapters"), unauthorized, is("success", false))
	s.ask("C4", bare("POST", "/api/adapters"), notAllowed, header("Allow", "GET, HEAD, OPTIONS"))
}

func selectCase(s *Session) {
	const says = "AP2: success, message, user_id, adapter_type, description, updated_at"
	me := s.me()
	choose := func(t string) Request {
		return post("/api/adapters/select", fields{"adapter_type": t}.String()).bearer(me.token)
	}
	s.ask(says, choose(" IpfsIpfs"), ok, is("success", true), nonEmpty("message", "description"), text("user_id", me.id),
		text("adapter_type", "ipfs-ipfs"), instant("updated_at"))
	s.ask("AP1: selected_adapter", get("/api/adapters").bearer(me.token), ok, text("selected_adapter", "ipfs-ipfs"))
	s.ask("AP2: 403 outside the allowed set", choose("polygon-arweave"), refused(403, "auth_error"), is("success", false),
		text("adapter_type", "polygon-arweave"), text("available_adapters.0", "ipfs-ipfs"), lacks("available_adapters.1"))
	s.ask("AP2: 403 outside the allowed set", choose("custom-farm"), refused(403, "auth_error"), text("adapter_type", "custom-farm"))
	s.ask("AP1: nothing written", get("/api/adapters").bearer(me.token), ok, text("selected_adapter", "ipfs-ipfs"))
	s.ask("accounts 6: none may always be chosen", choose("none"), ok, text("adapter_type", "none"))
	s.ask("AP1: selected_adapter", get("/api/adapters").bearer(me.token), ok, text("selected_adapter", "none"), number("count", 1))
	s.ask("accounts 10.8: unknown: 422 in a body", choose("ipfs"), unprocessable, field("adapter_type"), text("provided", "ipfs"), texts("allowed"), is("success", false))
	s.ask("C5: missing field", post("/api/adapters/select", "{}").bearer(me.token), unprocessable, field("adapter_type"))
	keyed := choose("ipfs-ipfs").with("Idempotency-Key", "choose")
	s.ask("C9", keyed, ok)
	s.ask("C9", keyed, ok, header("Idempotency-Replayed", "true"))
}

func notOfferedCase(s *Session) {
	const says = "accounts 6: case table of AP4, AP5"
	me := s.me()
	for _, what := range []string{"status", "health"} {
		at := func(t string) Request { return get("/api/adapters/" + t + "/" + what).bearer(me.token) }
		for _, unknown := range []string{"ipfs", "IPFS-IPFS", "custom-", "custom-a%00", "ipfs-ipfs%2F"} {
			s.ask("accounts 6: unknown adapter_type text: 400", at(unknown), badRequest, field("adapter_type"), is("success", false), texts("allowed"))
		}
		for _, t := range []string{"none", "ethereum_goerli-ipfs", "polygon-arweave", "custom-farm", "stellar_testnet-ipfs", "stellar_mainnet-ipfs"} {
			s.ask("accounts 6: not in this build: 501", at(t), refused(501, "other"), text("adapter_type", t), is("success", false))
		}
		s.ask("accounts 10.8: also accepted", at("PolygonArweave"), refused(501, "other"), text("adapter_type", "polygon-arweave"))
		s.ask(says, get("/api/adapters/ipfs-ipfs/"+what), unauthorized, is("success", false))
	}
}

func workingCase(s *Session) {
	u, me := s.root(), s.me()
	node, id := s.newNode(u, nil)
	s.ask("AP4", get("/api/adapters/ipfs-ipfs/status?client_id=1&tier=x").bearer(me.token), ok, is("success", true), text("adapter_type", "ipfs-ipfs"),
		text("status.adapter_type", "ipfs-ipfs"), is("status.is_synced", true), number("status.pending_operations", 0), is("status.last_sync", nil),
		number("status.error_count", 0), nonEmpty("status.details.implementation_status"), is("status.details.ipfs_connected", true),
		matching("status.details.ipfs_node", "a host only", `^127\.0\.0\.1:\d+$`))
	s.ask("AC3: AP4 writes nothing", u.config("GET", id, ""), ok, text("config.test_status", "NotTested"), is("config.last_tested_at", nil))
	r := s.ask("AP5", get("/api/adapters/IpfsIpfs/health").bearer(me.token), ok, is("success", true), text("adapter_type", "ipfs-ipfs"),
		is("healthy", true), instant("checked_at"))
	s.tested(u, id, "Passed")
	if tested := s.ask("AC3", u.config("GET", id, ""), ok).text("config.last_tested_at"); tested < r.text("checked_at") {
		s.Errorf("last_tested_at is %s, checked_at %s; contract: AP5", tested, r.text("checked_at"))
	}
	if node.Count("id") == 0 {
		s.Errorf("the node was never asked; contract: AP5: probe")
	}
	for _, c := range node.Calls() {
		if c.Command != "id" {
			s.Errorf("the node was asked for %s; contract: AP4 and AP5 only probe", c.Command)
		}
	}
}

// tested waits for what AP5 writes after the response.
func (s *Session) tested(u *user, id, status string) {
	s.Helper()
	var last *Reply
	if !s.poll(mailWait, func() bool {
		last = s.ask("AC3", u.config("GET", id, ""), ok, configAt("config."))
		return last.text("config.test_status") == status && last.text("config.last_tested_at") != ""
	}) {
		s.wrong(last, "test_status is not "+status, "AP5: last_tested_at and test_status of the configuration used")
	}
}

func authTypesCase(s *Session) {
	const says = "accounts 10.9: auth_type and custom_headers go along with each call"
	u := s.root()
	for _, t := range []struct {
		details     fields
		name, value string
	}{
		{fields{"auth_type": "ApiKey", "api_key": "k1"}, "X-Api-Key", "k1"},
		{fields{"auth_type": "ApiKey", "api_key": "k1", "secret_key": "s1"}, "X-Api-Secret", "s1"},
		{fields{"auth_type": "Bearer", "api_key": "k1"}, "Authorization", "Bearer k1"},
		{fields{"auth_type": "OAuth2", "api_key": "k1"}, "Authorization", "Bearer k1"},
		{fields{"auth_type": "BasicAuth", "api_key": "k1", "secret_key": "s1"}, "Authorization", "Basic azE6czE="},
		{fields{"auth_type": fields{"Custom": "Farm"}, "api_key": "k1"}, "Authorization", "Farm k1"},
		{fields{"custom_headers": fields{"X-Farm": "Ana & co"}}, "X-Farm", "Ana & co"},
	} {
		node, _ := s.newNode(u, t.details)
		node.Demand(t.name, t.value)
		s.ask(says, get("/api/adapters/ipfs-ipfs/health").bearer(u.token), ok)
	}
	node, _ := s.newNode(u, nil)
	node.Demand("X-Api-Key", "k1")
	s.ask(says, get("/api/adapters/ipfs-ipfs/health").bearer(u.token), refused(502, "external_error"), without("the node's text", "datastore"))
}

func failingCase(s *Session) {
	const says = "accounts 6: probe failed: 502"
	u := s.root()
	node, id := s.newNode(u, nil)
	node.Fail("id", fakekubo.Always)
	failed := all(refused(502, "external_error"), is("success", false), text("adapter_type", "ipfs-ipfs"), without("the node's text", "datastore"))
	s.ask(says, get("/api/adapters/ipfs-ipfs/health").bearer(u.token), failed, is("healthy", false), instant("checked_at"))
	s.ask(says, get("/api/adapters/ipfs-ipfs/status").bearer(u.token), failed)
	s.tested(u, id, "Failed")
	node.Fail("id", 0)
	s.ask("AC4", u.putConfig(id, fields{"description": "mended"}), ok)
	s.ask("accounts 6: another configuration is probed anew", get("/api/adapters/ipfs-ipfs/health").bearer(u.token), ok, is("healthy", true))
	s.tested(u, id, "Passed")

	gone, _ := s.newConfig(u, s.adapterConfig("http://127.0.0.1:1", nil))
	s.ask("AC6", u.config("POST", gone, "/set-default"), ok)
	s.ask(says, get("/api/adapters/ipfs-ipfs/health").bearer(u.token), failed)
	odd, _ := s.newConfig(u, s.adapterConfig("no address", nil))
	s.ask("AC6", u.config("POST", odd, "/set-default"), ok)
	s.ask(says, get("/api/adapters/ipfs-ipfs/health").bearer(u.token), failed)
}

func usedConfigCase(s *Session) {
	const says = "accounts 5: the default if it has that type, else the oldest active one of that type"
	u := s.root()
	list := s.ask("AC1", get(adaptersAt+"?limit=200").bearer(u.token), ok)
	neutral, _ := s.newConfig(u, s.adapterConfig("http://127.0.0.1:1", fields{"adapter_type": "custom-neutral"}))
	s.ask("AC6", u.config("POST", neutral, "/set-default"), ok)
	for i := range int(list.int("count")) {
		s.ask("AC5", u.config("DELETE", list.text(fmt.Sprintf("configs.%d.config_id", i)), ""), ok)
	}
	none := all(refused(503, "external_error"), text("adapter_type", "ipfs-ipfs"), is("success", false), header("Retry-After", "1"))
	health := get("/api/adapters/ipfs-ipfs/health").bearer(u.token)
	s.ask("accounts 6: no active configuration: 503", health, none)
	s.ask("accounts 6: no active configuration: 503", get("/api/adapters/ipfs-ipfs/status").bearer(u.token), none)
	s.ask("AP1: configured", get("/api/adapters").bearer(u.token), ok, is("adapters.0.configured", false), is("adapters.0.available", true))

	var nodes [3]*fakekubo.Node
	var ids [3]string
	for i := range nodes {
		var endpoint string
		nodes[i], endpoint = s.service.IPFS.node(s.newName())
		ids[i], _ = s.newConfig(u, s.adapterConfig(endpoint, nil))
	}
	serves := func(want int) {
		s.Helper()
		var before [3]int
		for i, n := range nodes {
			before[i] = n.Count("id")
			s.ask("AC4", u.putConfig(ids[i], fields{"description": s.newName()}), ok) // its last result does not count
		}
		s.ask(says, health, ok)
		for i, n := range nodes {
			if asked := n.Count("id") > before[i]; asked != (i == want) {
				s.Errorf("node %d: asked %t, want node %d to be asked; contract: %s", i, asked, want, says)
			}
		}
	}
	serves(0)
	s.ask("AC4", u.putConfig(ids[0], fields{"is_active": false}), ok)
	serves(1)
	s.ask("AC6", u.config("POST", ids[2], "/set-default"), ok)
	serves(2)
	s.ask("AP1: configured", get("/api/adapters").bearer(u.token), ok, is("adapters.0.configured", true))
}
