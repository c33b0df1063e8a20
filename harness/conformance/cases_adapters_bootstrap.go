package conformance

import (
	"fmt"
	"maps"
)

// adaptersBootstrapGroup is accounts 9 for adapters, with settings that are complete for IPFS and the Stellar testnet.
func adaptersBootstrapGroup() Group {
	settings := withAdmin(map[string]string{
		"IPFS_ENDPOINT": "$ipfs/settings", "PINATA_API_KEY": "pinata-" + randomHex(8), "PINATA_SECRET_KEY": "pinata-" + randomHex(8),
		"STELLAR_TESTNET_IPCM_CONTRACT": "CIPCM", "STELLAR_TESTNET_NFT_CONTRACT": "CNFT", "STELLAR_TESTNET_SECRET": "S" + randomHex(16),
		"STELLAR_MAINNET_SECRET_KEY": "S" + randomHex(16),
	})
	const says = "accounts 9: when no adapter configuration exists, the sweep creates one per complete set of values"
	list := func(s *Session, u *user) *Reply {
		s.Helper()
		return s.ask("AC1", get(adaptersAt).bearer(u.token), ok)
	}
	return Group{
		Name: "adapters-bootstrap", Serial: true, Settings: settings,
		Cases: []Case{
			{Name: "adapter-configs/from-settings", Run: func(s *Session) {
				u := s.root()
				s.service.Sweep(s)
				r := list(s, u)
				s.want(r, says, number("count", 2))
				for i, t := range []string{"stellar_testnet-ipfs", "ipfs-ipfs"} {
					at := fmt.Sprintf("configs.%d.", i)
					s.want(r, "accounts 9: auth_type ApiKey, timeout_ms 60000, retry_attempts 3, max_concurrent_requests 10, active, not default, by system",
						configAt(at), text(at+"adapter_type", t), text(at+"connection_details.auth_type", "ApiKey"), number(at+"connection_details.timeout_ms", 60000),
						number(at+"connection_details.retry_attempts", 3), number(at+"connection_details.max_concurrent_requests", 10),
						is(at+"is_active", true), is(at+"is_default", false), text(at+"created_by", "system"), text(at+"connection_details.api_key", "***"),
						text(at+"connection_details.secret_key", "***"), text(at+"connection_details.endpoint", s.service.Settings["IPFS_ENDPOINT"]))
				}
				s.want(r, "accounts 9: Stellar ones: network, IPCM, custom_headers", text("configs.0.contract_configs.network", "testnet"),
					text("configs.0.contract_configs.ipcm_contract.contract_name", "IPCM"), text("configs.0.contract_configs.ipcm_contract.contract_address", "CIPCM"),
					text("configs.0.connection_details.custom_headers.stellar_secret", "***"), text("configs.0.connection_details.custom_headers.nft_contract", "***"),
					text("configs.0.connection_details.custom_headers.interface_address", "***"),
					text("configs.0.connection_details.custom_headers.source_account_identity", "***"))
			}},
			{Name: "adapter-configs/once", Run: func(s *Session) {
				u := s.root()
				first := list(s, u)
				for range 3 {
					s.service.Sweep(s)
				}
				s.want(list(s, u), says, number("count", 2), text("configs.0.config_id", first.text("configs.0.config_id")))
				s.ask("AC5", u.config("DELETE", first.text("configs.0.config_id"), ""), ok)
				s.service.Sweep(s)
				s.want(list(s, u), says, number("count", 1))
			}},
			{Name: "adapter-configs/in-use", Run: func(s *Session) {
				u := s.root()
				node, _ := s.service.IPFS.node("settings")
				node.Demand("X-Api-Key", s.service.Settings["PINATA_API_KEY"])
				s.ask("AP5: the configuration is used", get("/api/adapters/ipfs-ipfs/health").bearer(u.token), ok, is("healthy", true))
				s.ask("T1", u.probe("ipfs-ipfs"), probed("ipfs-ipfs"), is("deleted", true))
			}},
		},
	}
}

// adaptersUnsealedGroup is the same without SECRETS_KEY.
func adaptersUnsealedGroup() Group {
	g := adaptersBootstrapGroup()
	g.Name, g.Settings = "adapters-unsealed", maps.Clone(g.Settings)
	g.Settings["SECRETS_KEY"] = ""
	g.Cases = []Case{{Name: "adapter-configs/no-key-no-configuration", Run: func(s *Session) {
		const says = "C13: without SECRETS_KEY no secret is stored; a record names the setting"
		u := s.root()
		s.service.Sweep(s)
		r := s.ask("AC1", get(adaptersAt).bearer(u.token), ok, number("count", 0))
		if !s.poll(mailWait, func() bool {
			return find(s.service.Records(), func(r Record) bool { return r.text("event") == "bootstrap" && r.text("setting") == "SECRETS_KEY" }) != nil
		}) {
			s.wrong(r, "no record names SECRETS_KEY", says)
		}
	}}}
	return g
}
