package simulate

import (
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// at makes the history of one call: made and answered at these seconds.
func at(from, to int, e *entry) porcupine.Operation {
	e.called, e.done = epoch.Add(time.Duration(from)*time.Second), epoch.Add(time.Duration(to)*time.Second)
	return porcupine.Operation{Input: e, Call: e.called.UnixNano(), Return: e.done.UnixNano()}
}

func commit(token string, version int64, r request) *entry {
	r.Token = token
	return &entry{commit: true, token: token, request: r, reply: &reply{OK: true, Version: version}}
}

func look(key string, version int64, doc string) *entry {
	e := &entry{request: request{Keys: []string{key}}, reply: &reply{OK: true}}
	if version != 0 {
		e.reply.Records = []found{{Key: key, Version: version, Doc: doc}}
	}
	return e
}

func TestPartitionModel(t *testing.T) {
	write := func(token string, read, version int64, doc string) *entry {
		return commit(token, version, request{Reads: []pair{{"p/a", read}}, Puts: []put{{Key: "p/a", Doc: doc}}})
	}
	expiring := commit("t", 5, request{Puts: []put{{Key: "p/a", Doc: "x", Expires: epoch.Add(10 * time.Second).UnixMilli()}}})
	refused := func(e *entry) *entry {
		e.reply = &reply{Error: "conflict"}
		return e
	}
	for name, c := range map[string]struct {
		want bool
		ops  []porcupine.Operation
	}{
		"a read sees a commit before it":     {true, []porcupine.Operation{at(0, 1, write("t", 0, 5, "x")), at(2, 3, look("p/a", 5, "x"))}},
		"a read that lags":                   {false, []porcupine.Operation{at(0, 1, write("t", 0, 5, "x")), at(2, 3, look("p/a", 0, ""))}},
		"a read beside a commit":             {true, []porcupine.Operation{at(0, 3, write("t", 0, 5, "x")), at(1, 2, look("p/a", 0, ""))}},
		"two commits over one version":       {false, []porcupine.Operation{at(0, 1, write("t", 0, 5, "x")), at(2, 3, write("u", 5, 6, "y")), at(2, 3, write("v", 5, 7, "z"))}},
		"a repeated token":                   {true, []porcupine.Operation{at(0, 1, write("t", 0, 5, "x")), at(2, 3, write("t", 0, 5, "x"))}},
		"a repeated token with another end":  {false, []porcupine.Operation{at(0, 1, write("t", 0, 5, "x")), at(2, 3, write("t", 0, 6, "x"))}},
		"a conflict with nothing":            {false, []porcupine.Operation{at(0, 1, refused(write("t", 0, 5, "x")))}},
		"a conflict with a commit before":    {true, []porcupine.Operation{at(0, 1, write("t", 0, 5, "x")), at(2, 3, refused(write("u", 0, 6, "y")))}},
		"versions that fall":                 {false, []porcupine.Operation{at(0, 1, write("t", 0, 5, "x")), at(2, 3, write("u", 5, 4, "y"))}},
		"a record before its expiry":         {true, []porcupine.Operation{at(0, 1, expiring), at(2, 3, look("p/a", 5, "x"))}},
		"a record that is missing before it": {false, []porcupine.Operation{at(0, 1, expiring), at(2, 3, look("p/a", 0, ""))}},
		"a record after its expiry":          {false, []porcupine.Operation{at(0, 1, expiring), at(12, 13, look("p/a", 5, "x"))}},
		"a record around its expiry":         {true, []porcupine.Operation{at(0, 1, expiring), at(9, 11, look("p/a", 0, ""))}},
	} {
		if got := porcupine.CheckOperations(partitionModel, c.ops); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// A phantom is a conflict: the range that was read holds one record more.
func TestPartitionRanges(t *testing.T) {
	insert := commit("t", 5, request{Puts: []put{{Key: "p/l/1", Doc: "x"}}})
	over := commit("u", 6, request{Ranges: []span{{Prefix: "p/l/"}}, Puts: []put{{Key: "p/b", Doc: "y"}}})
	ops := []porcupine.Operation{at(0, 1, insert), at(2, 3, over)}
	if porcupine.CheckOperations(partitionModel, ops) {
		t.Error("a commit over a range that has moved is accepted")
	}
	over.request.Ranges[0].Count, over.request.Ranges[0].Max = 1, 5
	if !porcupine.CheckOperations(partitionModel, ops) {
		t.Error("a commit over a range as it is is refused")
	}
	added := commit("v", 7, request{Adds: []put{{Key: "p/n", N: 3}}})
	added.reply.Sums = []pair{{"p/n", 4}}
	if porcupine.CheckOperations(partitionModel, append(ops, at(4, 5, added))) {
		t.Error("a wrong sum is accepted")
	}
}
