package storagetest

import (
	"fmt"
	"time"

	"tracedge/core/storage/wire"
)

// again repeats a request and expects its first reply, marked as a replay.
func (l *lab) again(req wire.CommitRequest, first wire.CommitReply) {
	l.Helper()
	reply := l.commit(req)
	if !reply.OK || !reply.Replayed || reply.Version != first.Version || fmt.Sprint(reply.Sums) != fmt.Sprint(first.Sums) {
		l.Fatalf("the repeat is answered %+v, the first time it was %+v", reply, first)
	}
}

// replay: a commit that is sent again is not applied again, though what it read has moved by its own doing.
func replay(l *lab) {
	req := wire.CommitRequest{
		Token: token(),
		Reads: []wire.KeyVersion{{Key: l.key("a")}},
		Puts:  []wire.Put{{Key: l.key("a"), Doc: `1`}},
		Adds:  []wire.Add{{Key: l.key("n"), N: 2}},
	}
	first := l.commit(req)
	if !first.OK || first.Replayed {
		l.Fatalf("commit is answered %+v", first)
	}
	for range 3 {
		l.again(req, first)
	}
	l.want("n", `2`)
	if v := l.read("a")["a"].Version; v != first.Version {
		l.Fatalf("the record has version %d, want %d", v, first.Version)
	}
}

// replayAfterOtherCommits: what others did between does not matter to a repeat, nor does the repeat to them.
func replayAfterOtherCommits(l *lab) {
	req := wire.CommitRequest{Token: token(), Puts: []wire.Put{{Key: l.key("a"), Doc: `"mine"`}}}
	first := l.commit(req)
	later := l.put("a", `"theirs"`)
	l.again(req, first)
	l.want("a", `"theirs"`)
	for range 20 {
		later = l.put("b", `1`)
	}
	l.delete("a")
	l.again(req, first)
	l.want("a", "")
	// The token alone decides: a different request under it is answered, not applied.
	l.again(wire.CommitRequest{Token: req.Token, Puts: []wire.Put{{Key: l.key("c"), Doc: `1`}}}, first)
	l.want("c", "")
	if v := l.put("d", `1`); v <= later {
		l.Fatalf("version %d after %d", v, later)
	}
}

// replayWithinFiveMinutes: a token is remembered for at least five minutes, less what the test itself takes.
func replayWithinFiveMinutes(l *lab) {
	req := wire.CommitRequest{Token: token(), Puts: []wire.Put{{Key: l.key("a"), Doc: `1`}}}
	first := l.commit(req)
	for range 3 {
		if l.back.Advance != nil {
			l.back.Advance(95 * time.Second) // 4 min 45 s in all
		}
		l.put("b", `1`) // a chance to clean up
		l.again(req, first)
	}
}

// refusalKeepsToken: a commit that was refused may come again under its token, and is decided anew.
func refusalKeepsToken(l *lab) {
	one := int64(1)
	v := l.put("a", `1`)
	req := wire.CommitRequest{
		Token: token(),
		Reads: []wire.KeyVersion{{Key: l.key("a"), Version: v - 1}},
		Adds:  []wire.Add{{Key: l.key("n"), N: -1, Min: &one}},
	}
	for range 2 {
		l.conflict(req, l.key("a"))
	}
	req.Reads[0].Version = v
	for range 2 {
		if reply := l.commit(req); reply.Error != wire.Bound {
			l.Fatalf("commit beyond a bound is answered %+v", reply)
		}
	}
	bad := req
	bad.Deletes = []string{"elsewhere/x"}
	if reply := l.commit(bad); reply.Error != wire.Invalid {
		l.Fatalf("a malformed commit is answered %+v", reply)
	}
	req.Adds[0].N = 1
	first := l.commit(req)
	if !first.OK || first.Replayed {
		l.Fatalf("commit is answered %+v, want it applied", first)
	}
	l.again(req, first)
	l.want("n", `1`)
}
