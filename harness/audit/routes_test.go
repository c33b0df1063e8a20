package audit

import "testing"

func TestSSANames(t *testing.T) {
	for in, out := range map[string]string{
		"tracedge/core/auth.(*Service).login":   "(*tracedge/core/auth.Service).login",
		"tracedge/core/auth.login":              "tracedge/core/auth.login",
		"tracedge/core/auth.serve.func1":        "tracedge/core/auth.serve$1",
		"tracedge/core/auth.(*T).serve.func2.1": "(*tracedge/core/auth.T).serve$2$1",
	} {
		if got := ssaName(in); got != out {
			t.Errorf("%s is called %s, want %s", in, got, out)
		}
	}
}
