package simulate

import (
	"testing"
)

func TestSagas(t *testing.T) {
	write := func(token string, version int64, key string) *entry {
		return commit(token, version, request{Puts: []put{{Key: key, Doc: "true"}}})
	}
	for name, c := range map[string]struct {
		want    string
		entries []*entry
	}{
		"one after the other": {"", []*entry{write("a", 1, "user/u/inbox/r.0"), write("b", 2, "user/u/op/o"), write("c", 3, "user/u/inbox/r.1")}},
		"a repeated token":    {"", []*entry{write("a", 1, "user/u/op/o"), write("a", 1, "user/u/op/o")}},
		"a row twice":         {"a row is applied once", []*entry{write("a", 1, "user/u/inbox/r.0"), write("b", 2, "user/u/inbox/r.0")}},
		"two decisions":       {"an operation decides once", []*entry{write("a", 1, "user/u/op/o"), write("b", 2, "user/u/op/o")}},
		"behind a fence":      {"a fenced operation does not decide", []*entry{write("b", 2, "user/u/op/o"), write("a", 1, "user/u/fence/o")}},
		"before a fence":      {"", []*entry{write("a", 1, "user/u/op/o"), write("b", 2, "user/u/fence/o")}},
	} {
		w := &World{Scheduler: newScheduler(epoch, stream(1, "test")), start: epoch}
		w.checkSagas("user/u", c.entries)
		got := ""
		if len(w.result.Violations) > 0 {
			got = w.result.Violations[0].Property
		}
		if got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
