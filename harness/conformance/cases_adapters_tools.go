package conformance

import (
	"fmt"
	"strings"

	"tracedge/harness/fakekubo"
)

// adaptersAt is where admins keep adapter configurations.
const adaptersAt = "/api/admin/adapters"

// connection is a connection_details with more members; a nil value leaves a member out.
func connection(endpoint string, more fields) fields {
	return with(fields{
		"endpoint": endpoint, "auth_type": "None", "timeout_ms": 5000, "retry_attempts": 3, "max_concurrent_requests": 10,
		"custom_headers": fields{},
	}, more)
}

// with is an object with more members; a nil value leaves a member out.
func with(object, more fields) fields {
	for name, value := range more {
		if object[name] = value; value == nil {
			delete(object, name)
		}
	}
	return object
}

// adapterConfig is a body of AC2 with more members.
func (s *Session) adapterConfig(endpoint string, more fields) fields {
	return with(fields{
		"name": "config " + s.newName(), "description": "of a case", "adapter_type": "ipfs-ipfs",
		"connection_details": connection(endpoint, nil),
	}, more)
}

func (u *user) createConfig(body fields) Request {
	return post(adaptersAt, body.String()).bearer(u.token)
}

func (u *user) config(method, id, rest string) Request {
	return bare(method, adaptersAt+"/"+id+rest).bearer(u.token)
}

func (u *user) putConfig(id string, body fields) Request {
	return put(adaptersAt+"/"+id, body.String()).bearer(u.token)
}

// newConfig makes a configuration and returns its id and name.
func (s *Session) newConfig(u *user, body fields) (id, name string) {
	s.Helper()
	r := s.ask("AC2", u.createConfig(body), ok, is("success", true), nonEmpty("config.config_id"))
	return r.text("config.config_id"), r.text("config.name")
}

// newNode is a node of its own with a configuration that is the only one used for IPFS: the default.
func (s *Session) newNode(u *user, details fields) (node *fakekubo.Node, id string) {
	s.Helper()
	node, endpoint := s.service.IPFS.node(s.newName())
	id, _ = s.newConfig(u, s.adapterConfig(endpoint, fields{"connection_details": connection(endpoint, details)}))
	s.ask("AC6", u.config("POST", id, "/set-default"), ok)
	return node, id
}

// configAt wants a whole AdapterConfig at a path.
func configAt(at string) Check {
	return all(
		nonEmpty(at+"config_id", at+"name", at+"adapter_type", at+"connection_details.endpoint", at+"created_by"),
		instant(at+"created_at"), instant(at+"updated_at"), instantOrNull(at+"last_tested_at"),
		integer(at+"connection_details.timeout_ms", at+"connection_details.retry_attempts", at+"connection_details.max_concurrent_requests"),
		maskedOrNull(at+"connection_details.api_key"), maskedOrNull(at+"connection_details.secret_key"),
		each([]string{at + "connection_details.custom_headers"}, "an object whose values are ***", func(v any) bool {
			object, ok := v.(map[string]any)
			for _, value := range object {
				ok = ok && value == "***"
			}
			return ok
		}),
		each([]string{at + "is_active", at + "is_default"}, "a boolean", func(v any) bool { _, ok := v.(bool); return ok }),
		each([]string{at + "contract_configs"}, "an object or null", func(v any) bool {
			_, ok := v.(map[string]any)
			return ok || v == nil
		}),
		each([]string{at + "test_status"}, "Passed, Failed, Warning, NotTested or null", func(v any) bool {
			return v == nil || v == "Passed" || v == "Failed" || v == "Warning" || v == "NotTested"
		}),
	)
}

func maskedOrNull(path string) Check {
	return each([]string{path}, "*** or null", func(v any) bool { return v == nil || v == "***" })
}

// lastAction wants an action on a configuration among the newest: those of one moment have no order.
func (s *Session) lastAction(u *user, says, id, name, kind string, more ...func(at string) Check) {
	s.Helper()
	r := s.ask(says, get("/api/admin/actions?limit=4").bearer(u.token), ok)
	for i := range 4 {
		at := fmt.Sprintf("actions.%d.", i)
		if r.text(at+"target_resource_id") != id || r.text(at+"action_type") != kind {
			continue
		}
		s.want(r, says, text(at+"details.config_id", id), text(at+"details.name", name), text(at+"details.adapter_type", "ipfs-ipfs"),
			is(at+"target_user_id", nil), text(at+"admin_user_id", u.id))
		for _, check := range more {
			s.want(r, says, check(at))
		}
		return
	}
	s.wrong(r, "there is no "+kind+" of "+id, says)
}

// noAction wants that a request wrote no action.
func (s *Session) noAction(u *user, says string, do func()) {
	s.Helper()
	newest := func() int64 {
		return s.ask(says, get("/api/admin/actions?limit=200").bearer(u.token), ok, is("next_cursor", nil)).int("count")
	}
	before := newest()
	do()
	if after := newest(); after != before {
		s.Errorf("there are %d actions, before %d; contract: %s", after, before, says)
	}
}

// without wants a text to be nowhere in a reply.
func without(what, text string) Check {
	return func(r *Reply) string {
		if strings.Contains(string(r.Body), text) {
			return fmt.Sprintf("it holds %s", what)
		}
		return ""
	}
}
