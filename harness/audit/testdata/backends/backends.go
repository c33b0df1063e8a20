// Package backends goes past the store.
package backends

import (
	"context"

	"tracedge/core/app"
	"tracedge/core/storage"
	"tracedge/core/storage/memory" // want `backend: imports tracedge/core/storage/memory`
	"tracedge/core/storage/wire"   // want `backend: imports tracedge/core/storage/wire`
)

type service struct {
	store     *storage.Store
	sequencer storage.Sequencer // want `backend: names storage.Sequencer`
	edge      storage.Edge      // want `backend: names storage.Edge`
	memory    memory.Options
}

func (s *service) raw(ctx context.Context, o app.Options) {
	s.sequencer.Read(ctx, wire.ReadRequest{})     // want `backend: uses Read of a back end past the store`
	o.Sequencer.Commit(ctx, wire.CommitRequest{}) // want `backend: uses Commit of a back end past the store`
	get := o.Edge.Get                             // want `backend: uses Get of a back end past the store`
	_ = get
	s.store.Read(ctx, "backends_read_thing", storage.In("backends", "1"))
}
