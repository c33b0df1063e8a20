package conformance

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
)

// TestAdapterMutations breaks what the service does with adapters in one way at a time and wants the cases to notice.
func TestAdapterMutations(t *testing.T) {
	replaced := func(old, new string) native { return native{wrap: editReply(func(r *reply) { r.replace(old, new) })} }
	instead := func(from, to int) native {
		return native{wrap: editReply(func(r *reply) {
			if r.status == from {
				r.status = to
			}
		})}
	}
	body := func(path, old, new string) native {
		return native{wrap: editRequest(func(r *http.Request, body *[]byte) {
			if strings.HasPrefix(r.URL.Path, path) {
				*body = bytes.ReplaceAll(*body, []byte(old), []byte(new))
			}
		})}
	}
	for _, m := range []struct {
		name, cases string
		runtime     Runtime
		silent      bool
	}{
		{"nothing", "adapter-configs/create", native{}, true},
		{"nothing-in-probes", "probe/wrong-bytes", native{}, true},
		{"secret-shown", "adapter-configs/secrets", replaced(`"api_key":"***"`, `"api_key":"k"`), false},
		{"masked-stored", "adapter-configs/secrets", body("/api/admin/adapters", `"***"`, `"+++"`), false},
		{"two-defaults", "adapter-configs/default", replaced(`"is_default":false`, `"is_default":true`), false},
		{"deletes-the-default", "adapter-configs/default", instead(409, 200), false},
		{"rules-in-another-order", "adapter-config-rules/order", body("/api/admin/adapters", `"timeout_ms":0`, `"timeout_ms":1`), false},
		{"unknown-without-allowed", "adapters/not-offered", replaced(`"allowed"`, `"permitted"`), false},
		{"501-as-503", "adapters/not-offered", instead(501, 503), false},
		{"healthy-when-failing", "adapters/failing", replaced(`"healthy":false`, `"healthy":true`), false},
		{"choice-ignored", "adapters/select", replaced(`"selected_adapter":"`, `"selected_adapter":null,"x":"`), false},
		{"unverified-as-verified", "probe/wrong-bytes", replaced(`"verified":false`, `"verified":true`), false},
		{"never-deleted", "probe/ipfs", replaced(`"deleted":true`, `"deleted":false`), false},
		{"whole-address", "adapters/working", replaced(`"ipfs_node":"`, `"ipfs_node":"http://`), false},
	} {
		t.Run(m.name, func(t *testing.T) {
			failures := groupVerdict(t, adaptersGroup(), m.runtime, m.cases)
			if m.silent && len(failures) > 0 {
				t.Errorf("%s complain without a reason: %s", m.cases, failures)
			}
			if !m.silent && len(failures) == 0 {
				t.Errorf("%s noticed nothing", m.cases)
			}
		})
	}
}
