package storagetest

import (
	"context"
	"errors"
	"slices"
	"time"

	"tracedge/core/storage"
	"tracedge/core/storage/wire"
)

// tryCommit sends a commit, of the lab's partition and with a fresh token unless the request says otherwise. A refusal
// for load, after which nothing was done, is repeated.
func (l *lab) tryCommit(req wire.CommitRequest) (wire.CommitReply, error) {
	if req.Partition == "" {
		req.Partition = l.partition
	}
	if req.Token == "" {
		req.Token = token()
	}
	return patiently(l.Context(), func(ctx context.Context) (wire.CommitReply, error) {
		return l.back.Sequencer.Commit(ctx, req)
	})
}

func (l *lab) tryRead(req wire.ReadRequest) (wire.ReadReply, error) {
	if req.Partition == "" {
		req.Partition = l.partition
	}
	return patiently(l.Context(), func(ctx context.Context) (wire.ReadReply, error) {
		return l.back.Sequencer.Read(ctx, req)
	})
}

func patiently[T any](ctx context.Context, call func(context.Context) (T, error)) (T, error) {
	for attempt := 1; ; attempt++ {
		reply, err := call(ctx)
		if !errors.Is(err, storage.ErrOverloaded) || attempt == 100 {
			return reply, err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// commit is tryCommit on a back end whose infrastructure works.
func (l *lab) commit(req wire.CommitRequest) wire.CommitReply {
	l.Helper()
	reply, err := l.tryCommit(req)
	if err != nil {
		l.Fatalf("commit: %v", err)
	}
	return reply
}

// apply makes a commit that must be applied and returns its version.
func (l *lab) apply(req wire.CommitRequest) int64 {
	l.Helper()
	reply := l.commit(req)
	if !reply.OK || reply.Replayed || reply.Error != "" || reply.Version <= 0 {
		l.Fatalf("commit is answered %+v, want it applied", reply)
	}
	return reply.Version
}

// put writes one record in a commit of its own.
func (l *lab) put(rest, doc string) int64 {
	l.Helper()
	return l.apply(wire.CommitRequest{Puts: []wire.Put{{Key: l.key(rest), Doc: doc}}})
}

// delete removes one record in a commit of its own.
func (l *lab) delete(rest string) int64 {
	l.Helper()
	return l.apply(wire.CommitRequest{Deletes: []string{l.key(rest)}})
}

// conflict makes a commit that must be refused because exactly these keys or prefixes moved.
func (l *lab) conflict(req wire.CommitRequest, keys ...string) {
	l.Helper()
	reply := l.commit(req)
	got := slices.Sorted(slices.Values(reply.Keys))
	slices.Sort(keys)
	if reply.OK || reply.Error != wire.Conflict || !slices.Equal(got, keys) {
		l.Fatalf("commit is answered %+v, want a conflict on %q", reply, keys)
	}
}
