package conformance

import (
	"encoding/json"
	"fmt"

	"tracedge/harness/fakekubo"
)

const probeAt = "/api/test/blockchain"

func (u *user) probe(adapterType string) Request {
	return post(probeAt, fields{"adapter_type": adapterType}.String()).bearer(u.token)
}

// probed wants the reply of a test that passed.
func probed(adapterType string) Check {
	return all(ok, is("success", true), text("adapter_type", adapterType), milliseconds("write_ms", "read_ms"), is("verified", true),
		matching("hash", "64 hex", "^[0-9a-f]{64}$"), func(r *Reply) string { return text("trace_id", r.traceID())(r) })
}

// unprobed wants the reply of a test that failed.
func unprobed(code int, kind, adapterType string) Check {
	return all(refused(code, kind), is("success", false), text("adapter_type", adapterType), is("verified", false),
		matching("hash", "64 hex", "^[0-9a-f]{64}$"), without("the node's text", "datastore"))
}

func milliseconds(paths ...string) Check {
	return each(paths, "a number of 0 or more", func(v any) bool {
		n, ok := v.(json.Number)
		f, err := n.Float64()
		return ok && err == nil && f >= 0
	})
}

// probeCases are T1.
func probeCases() []Case {
	return []Case{
		{Name: "class", Run: func(s *Session) {
			const says = "accounts 8.2: class admin, key a+w"
			u := s.root()
			s.ask(says, post(probeAt, "{"), unauthorized, is("success", false))
			s.ask(says, post(probeAt, "{").bearer(s.me().token), refused(403, "auth_error"), is("success", false))
			s.ask(says, s.newKey(u, fields{"permissions": permissions(true, false, true)}).use(post(probeAt, "{}")),
				refusedKey(403, "insufficient_permissions"), is("success", false))
			s.ask(says, s.newKey(u, fields{"permissions": permissions(false, true, true)}).use(post(probeAt, "{}")), probed("none"))
			s.ask("C4", bare("GET", probeAt), notAllowed, header("Allow", "POST, OPTIONS"))
		}},
		{Name: "own-storage", Run: func(s *Session) {
			u := s.root()
			first := s.ask("T1: body may be absent; none = the service's own storage", bare("POST", probeAt).bearer(u.token), probed("none"), is("deleted", true))
			again := s.ask("T1: adapter_type = none", post(probeAt, "{}").bearer(u.token), probed("none"), is("deleted", true),
				headerLike("Server-Timing", `storage;dur=.*desc="[4-9] ops"`))
			if first.text("hash") == again.text("hash") {
				s.wrong(again, "the same hash again", "T1: a random probe record")
			}
			s.ask("accounts 10.8", u.probe("None"), probed("none"))
		}},
		{Name: "body", Run: func(s *Session) {
			u := s.root()
			for _, malformed := range []string{"{", "{}{}", "\xff", " "} {
				s.ask("T1: 400 body malformed", post(probeAt, malformed).bearer(u.token), badRequest, is("success", false))
			}
			s.ask("T1: 422 unknown adapter_type", u.probe("ipfs"), unprocessable, field("adapter_type"), is("success", false), text("provided", "ipfs"), texts("allowed"))
			s.ask("C5: wrong type", post(probeAt, `{"adapter_type":1}`).bearer(u.token), unprocessable, field("adapter_type"))
			s.ask("C5: null means absent", post(probeAt, `{"adapter_type":null}`).bearer(u.token), probed("none"))
			s.ask("C5: content type", post(probeAt, "{}").as("text/plain").bearer(u.token), wrongType)
		}},
		{Name: "under-an-idempotency-key", Run: func(s *Session) {
			u := s.root()
			send := u.probe("none").with("Idempotency-Key", "probe-"+s.newName())
			first := s.ask("C9", send, probed("none"))
			s.ask("C9", send, ok, header("Idempotency-Replayed", "true"), text("hash", first.text("hash")))
		}},
		{Name: "not-in-this-build", Run: func(s *Session) {
			u := s.root()
			for _, t := range []string{"stellar_testnet-ipfs", "stellar_mainnet-ipfs", "ethereum_goerli-ipfs", "polygon-arweave", "custom-farm"} {
				s.ask("T1: 501 type not implemented", u.probe(t), refused(501, "other"), text("adapter_type", t), is("success", false))
			}
		}},
		{Name: "ipfs", Run: func(s *Session) {
			u := s.root()
			node, _ := s.newNode(u, nil)
			s.ask("T1", u.probe("ipfs-ipfs"), probed("ipfs-ipfs"), is("deleted", true))
			if node.Blocks() != 0 || len(node.Pinned()) != 0 {
				s.Errorf("the node keeps %d blocks, %d pins; contract: T1: delete it", node.Blocks(), len(node.Pinned()))
			}
			if node.Count("add") != 1 || node.Count("cat") != 1 {
				s.Errorf("%d writes, %d reads; contract: T1: write it, read it back", node.Count("add"), node.Count("cat"))
			}
		}},
		{Name: "wrong-bytes", Run: func(s *Session) {
			u := s.root()
			node, _ := s.newNode(u, nil)
			node.Corrupt(true)
			s.ask("T1: verified false: 502 with the same fields; deleted also after a failed compare", u.probe("ipfs-ipfs"),
				unprobed(502, "external_error", "ipfs-ipfs"), milliseconds("write_ms", "read_ms"), is("deleted", true))
			if node.Blocks() != 0 {
				s.Errorf("the node keeps %d blocks; contract: T1: delete it (also after a failed compare)", node.Blocks())
			}
		}},
		{Name: "failing-steps", Run: func(s *Session) {
			const says = "T1: write or read failed: 502, write_ms and read_ms null where not reached"
			u := s.root()
			node, _ := s.newNode(u, nil)
			node.Fail("add", 1)
			s.ask(says, u.probe("ipfs-ipfs"), unprobed(502, "external_error", "ipfs-ipfs"), is("write_ms", nil), is("read_ms", nil), is("deleted", false))
			node.Fail("cat", 1)
			s.ask(says, u.probe("ipfs-ipfs"), unprobed(502, "external_error", "ipfs-ipfs"), milliseconds("write_ms"), is("read_ms", nil), is("deleted", true))
			for i, command := range []string{"pin/rm", "block/rm"} {
				node.Fail(command, 1)
				s.ask("T1: deleted false = the remote side kept the record", u.probe("ipfs-ipfs"), probed("ipfs-ipfs"), is("deleted", false))
				if node.Blocks() != i+1 {
					s.Errorf("the node has %d blocks, want %d", node.Blocks(), i+1)
				}
			}
		}},
		{Name: "slow", Run: func(s *Session) {
			u := s.root()
			node, _ := s.newNode(u, fields{"timeout_ms": 100})
			speak := node.Silence()
			defer speak()
			s.ask("T1: 502 external_timeout", u.probe("ipfs-ipfs"), unprobed(502, "external_timeout", "ipfs-ipfs"), is("write_ms", nil), is("read_ms", nil))
		}},
		{Name: "ten-seconds", Run: func(s *Session) {
			const says = "T1: 10 s over all"
			u := s.root()
			node, _ := s.newNode(u, fields{"timeout_ms": 60000})
			speak := node.Silence()
			defer speak()
			s.ask(says+"; the node never answers", u.probe("ipfs-ipfs"), unprobed(502, "external_timeout", "ipfs-ipfs"))
		}},
		{Name: "no-configuration", Run: func(s *Session) {
			u := s.root()
			_, id := s.newNode(u, nil)
			neutral, _ := s.newConfig(u, s.adapterConfig("http://127.0.0.1:1", fields{"adapter_type": "custom-neutral"}))
			s.ask("AC6", u.config("POST", neutral, "/set-default"), ok)
			list := s.ask("AC1", get(adaptersAt+"?active_only=true&limit=200").bearer(u.token), ok)
			for i := range int(list.int("count")) {
				if one := list.text(fmt.Sprintf("configs.%d.config_id", i)); one != neutral {
					s.ask("AC4", u.putConfig(one, fields{"is_active": false}), ok)
				}
			}
			s.ask("T1: 503 no active configuration", u.probe("ipfs-ipfs"), refused(503, "external_error"), text("adapter_type", "ipfs-ipfs"), is("success", false))
			s.ask("AC4", u.putConfig(id, fields{"is_active": true}), ok)
			s.ask("T1", u.probe("ipfs-ipfs"), probed("ipfs-ipfs"))
		}},
		{Name: "leaves-nothing-else", Run: func(s *Session) {
			u := s.root()
			node, _ := s.newNode(u, nil)
			s.ask("T1", u.probe("ipfs-ipfs"), probed("ipfs-ipfs"))
			want := map[string]bool{"add": true, "cat": true, "pin/rm": true, "block/rm": true}
			for _, c := range node.Calls() {
				if !want[c.Command] {
					s.Errorf("the node was asked for %s", c.Command)
				}
			}
			node.Fail("add", fakekubo.Always)
			s.ask("AP4: a test is no upload", get("/api/adapters/ipfs-ipfs/status").bearer(u.token), ok, number("status.pending_operations", 0), number("status.error_count", 0))
		}},
	}
}
