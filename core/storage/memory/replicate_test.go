package memory_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"tracedge/core/storage/memory"
	"tracedge/core/storage/wire"
)

// put commits one record under its own edge key.
func put(t *testing.T, s *memory.Store, token, key, doc string) wire.CommitReply {
	t.Helper()
	reply, err := s.Commit(t.Context(), wire.CommitRequest{
		Partition: "p/1", Token: token, Puts: []wire.Put{{Key: key, Doc: doc, EdgeKey: key}},
	})
	if err != nil || !reply.OK {
		t.Fatalf("commit is answered %+v, %v", reply, err)
	}
	return reply
}

func edge(t *testing.T, s *memory.Store, key string) string {
	t.Helper()
	reply, err := s.Edge().Get(t.Context(), wire.EdgeGetRequest{Keys: []string{key}})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reply.Records {
		return r.Doc
	}
	return ""
}

func TestManualReplicationIsStaleAndCoalesces(t *testing.T) {
	s := memory.New(memory.Options{Replication: memory.Manual})
	for i := range 10 {
		put(t, s, "burst-of-commits-"+strconv.Itoa(i), "p/1/a", strconv.Itoa(i))
	}
	put(t, s, "burst-of-commits-b", "p/1/b", `1`)
	if got := edge(t, s, "p/1/a"); got != "" {
		t.Fatalf("before replication the edge shows %s", got)
	}
	if n := s.Replicate(); n != 2 {
		t.Fatalf("11 commits to 2 keys are replicated in %d writes", n)
	}
	if got := edge(t, s, "p/1/a"); got != `9` {
		t.Fatalf("the edge shows %s after the burst, want 9", got)
	}
	put(t, s, "one-commit-after-it", "p/1/a", `10`)
	if got := edge(t, s, "p/1/a"); got != `9` {
		t.Fatalf("the edge shows %s, want the stale 9", got)
	}
	if n := s.Replicate(); n != 1 {
		t.Fatalf("one commit is replicated in %d writes", n)
	}
	if n := s.Replicate(); n != 0 {
		t.Fatalf("nothing is replicated in %d writes", n)
	}
}

func TestReplicationAtOnceLeavesNothing(t *testing.T) {
	s := memory.New(memory.Options{})
	put(t, s, "commit-0123456789", "p/1/a", `1`)
	if got := edge(t, s, "p/1/a"); got != `1` {
		t.Fatalf("the edge shows %q", got)
	}
	if n := s.Replicate(); n != 0 {
		t.Fatalf("nothing is replicated in %d writes", n)
	}
}

// A record that still names an edge key keeps it when another lets go.
func TestEdgeKeyOfTwoRecords(t *testing.T) {
	s := memory.New(memory.Options{})
	commit := func(token string, puts []wire.Put, deletes ...string) {
		t.Helper()
		reply, err := s.Commit(t.Context(), wire.CommitRequest{Partition: "p/1", Token: token, Puts: puts, Deletes: deletes})
		if err != nil || !reply.OK {
			t.Fatalf("commit is answered %+v, %v", reply, err)
		}
	}
	commit("first-of-two-records", []wire.Put{{Key: "p/1/a", Doc: `"a"`, EdgeKey: "i/x"}})
	commit("second-of-two-records", []wire.Put{{Key: "p/1/b", Doc: `"b"`, EdgeKey: "i/x"}})
	commit("first-record-goes-away", nil, "p/1/a")
	if got := edge(t, s, "i/x"); got != `"b"` {
		t.Fatalf("the edge shows %q, want that of the record that names it", got)
	}
}

func TestTokenIsForgotten(t *testing.T) {
	c := newClock()
	s := memory.New(memory.Options{Clock: c.time})
	first := put(t, s, "the-same-token-twice", "p/1/a", `1`)
	c.add(5 * time.Minute)
	if again := put(t, s, "the-same-token-twice", "p/1/a", `1`); !again.Replayed || again.Version != first.Version {
		t.Fatalf("after five minutes the repeat is answered %+v", again)
	}
	c.add(time.Millisecond)
	if again := put(t, s, "the-same-token-twice", "p/1/a", `1`); again.Replayed || again.Version <= first.Version {
		t.Fatalf("after more than five minutes the repeat is answered %+v", again)
	}
}

func TestContextThatHasEnded(t *testing.T) {
	s := memory.New(memory.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, read := s.Read(ctx, wire.ReadRequest{Partition: "p/1"})
	_, commit := s.Commit(ctx, wire.CommitRequest{
		Partition: "p/1", Token: "never-to-be-applied", Puts: []wire.Put{{Key: "p/1/a", Doc: `1`}},
	})
	_, get := s.Edge().Get(ctx, wire.EdgeGetRequest{})
	_, scan := s.Edge().Scan(ctx, wire.EdgeScanRequest{Prefix: "p", Limit: 1})
	for name, err := range map[string]error{"read": read, "commit": commit, "get": get, "scan": scan} {
		if err != context.Canceled {
			t.Errorf("%s returns %v", name, err)
		}
	}
	if reply, err := s.Read(t.Context(), wire.ReadRequest{Partition: "p/1", Keys: []string{"p/1/a"}}); err != nil || len(reply.Records) != 0 {
		t.Fatalf("read after it is answered %+v, %v", reply, err)
	}
}

// Requests that cannot be told over JSON, and so not by the suite.
func TestMalformedBeyondTheSuite(t *testing.T) {
	s := memory.New(memory.Options{})
	bad := wire.CommitRequest{Partition: "p/1", Token: "0123456789abcdef", Puts: []wire.Put{{Key: "p/1/a", Doc: "\"\xff\""}}}
	if reply, err := s.Commit(t.Context(), bad); err != nil || reply.Error != wire.Invalid {
		t.Errorf("a document that is not UTF-8 is answered %+v, %v", reply, err)
	}
	bad.Puts[0] = wire.Put{Key: "p/1/a", Doc: `1`, Expires: -1}
	if reply, err := s.Commit(t.Context(), bad); err != nil || reply.Error != wire.Invalid {
		t.Errorf("a negative expiry is answered %+v, %v", reply, err)
	}
	if reply, err := s.Read(t.Context(), wire.ReadRequest{}); err != nil || reply.Error != wire.Invalid {
		t.Errorf("a read of no partition is answered %+v, %v", reply, err)
	}
	for name, req := range map[string]wire.EdgeScanRequest{
		"no prefix":        {Limit: 1},
		"a foreign cursor": {Prefix: "p", Limit: 1, Cursor: "!"},
	} {
		if reply, err := s.Edge().Scan(t.Context(), req); err == nil {
			t.Errorf("an edge scan with %s is answered %+v", name, reply)
		}
	}
	if reply, err := s.Edge().Get(t.Context(), wire.EdgeGetRequest{Keys: []string{"a b"}}); err == nil {
		t.Errorf("an edge read of a key with a space is answered %+v", reply)
	}
}

func TestConcurrentReplication(t *testing.T) {
	s := memory.New(memory.Options{Replication: memory.Manual})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 200 {
			s.Replicate()
		}
	}()
	for i := range 200 {
		put(t, s, "concurrent-commit-"+strconv.Itoa(i), "p/1/a", strconv.Itoa(i))
	}
	<-done
	s.Replicate()
	if got := edge(t, s, "p/1/a"); got != `199` {
		t.Fatalf("the edge shows %s, want 199", got)
	}
}
