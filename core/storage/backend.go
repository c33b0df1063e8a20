package storage

import (
	"context"
	"errors"

	"tracedge/core/storage/wire"
)

// Sequencer keeps the committed records, one object for each partition. An error is a failure of the infrastructure
// (one of the sentinels below, or a wrapped one); everything else is in the reply.
type Sequencer interface {
	Read(context.Context, wire.ReadRequest) (wire.ReadReply, error)
	Commit(context.Context, wire.CommitRequest) (wire.CommitReply, error)
}

// Edge is the replica in KV: fast everywhere, up to 60 s old.
type Edge interface {
	Get(context.Context, wire.EdgeGetRequest) (wire.EdgeReply, error)
	Scan(context.Context, wire.EdgeScanRequest) (wire.EdgeReply, error)
}

// Failures of the infrastructure that a back end reports.
var (
	ErrOverloaded  = errors.New("storage: overloaded")       // refused for load; nothing was done
	ErrUnavailable = errors.New("storage: no usable answer") // a commit may or may not have been applied
	ErrTimeout     = errors.New("storage: no answer in time")
	ErrMalformed   = errors.New("storage: answer is none") // a commit may or may not have been applied
	ErrNotBound    = errors.New("storage: not bound")      // the deployment lacks the binding
)
