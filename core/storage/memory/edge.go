package memory

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"

	"tracedge/core/storage/memory/ordered"
	"tracedge/core/storage/wire"
)

// Edge is the replica of a Store. It implements storage.Edge. Its errors are those of an ended context and of a
// malformed request.
type Edge struct {
	now func() int64

	mu       sync.RWMutex
	replicas *ordered.Map[wire.Record]
}

// change is one write to the edge: put, or delete.
type change struct {
	key    string
	put    bool
	record wire.Record // as it is kept in its partition
}

func (e *Edge) apply(changes []change) {
	if len(changes) == 0 {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, c := range changes {
		if c.put {
			r := c.record
			e.replicas.Set(c.key, wire.Record{Key: c.key, Version: r.Version, Doc: r.Doc, Expires: r.Expires})
		} else {
			e.replicas.Delete(c.key)
		}
	}
}

// Get returns the replicas under at most wire.MaxEdgeKeys keys, those that exist, in the order asked for.
func (e *Edge) Get(ctx context.Context, req wire.EdgeGetRequest) (wire.EdgeReply, error) {
	if err := ctx.Err(); err != nil {
		return wire.EdgeReply{}, err
	}
	if n := len(req.Keys); n > wire.MaxEdgeKeys {
		return wire.EdgeReply{}, fmt.Errorf("memory: edge read of %d keys, the limit is %d", n, wire.MaxEdgeKeys)
	}
	for _, key := range req.Keys {
		if err := checkName("edge key", key); err != nil {
			return wire.EdgeReply{}, fmt.Errorf("memory: %w", err)
		}
	}
	var reply wire.EdgeReply
	now := e.now()
	e.mu.RLock()
	defer e.mu.RUnlock()
	for _, key := range req.Keys {
		if r, ok := e.replicas.Get(key); ok && live(r, now) {
			reply.Records = append(reply.Records, r)
		}
	}
	return reply, nil
}

// Scan returns a page of the replicas under a prefix in key order and the cursor of the next page.
func (e *Edge) Scan(ctx context.Context, req wire.EdgeScanRequest) (wire.EdgeReply, error) {
	if err := ctx.Err(); err != nil {
		return wire.EdgeReply{}, err
	}
	if req.Limit < 1 || req.Limit > wire.MaxScan {
		return wire.EdgeReply{}, fmt.Errorf("memory: limit %d is not within 1 and %d", req.Limit, wire.MaxScan)
	}
	if err := checkName("prefix", req.Prefix); err != nil {
		return wire.EdgeReply{}, fmt.Errorf("memory: %w", err)
	}
	after, err := base64.RawURLEncoding.DecodeString(req.Cursor)
	if err != nil {
		return wire.EdgeReply{}, errors.New("memory: not a cursor that a scan returned")
	}
	var reply wire.EdgeReply
	now := e.now()
	e.mu.RLock()
	defer e.mu.RUnlock()
	for _, r := range walk(e.replicas, spanOf(req.Prefix, string(after), "", false)) {
		if !live(r, now) {
			continue
		}
		if n := len(reply.Records); n == req.Limit {
			reply.Cursor = base64.RawURLEncoding.EncodeToString([]byte(reply.Records[n-1].Key))
			break
		}
		reply.Records = append(reply.Records, r)
	}
	return reply, nil
}
