// Package labels breaks the rule of labels. Each line that must be found says so; the others must not be.
package labels

import (
	"context"

	"tracedge/core/storage"
)

var p = storage.In("labels", "1")

const named = "labels_read_named"

type service struct{ store *storage.Store }

func (s *service) read(ctx context.Context) {
	s.store.Read(ctx, "labels_read_thing", p)
	(*storage.Store).Read(s.store, ctx, "labels_read_expression", p)
	defer s.store.Read(ctx, "labels_read_deferred", p)
	s.store.Read(ctx, "BadRead", p)             // want `label: "BadRead" is not of the form`
	s.store.Read(ctx, "labels_read", p)         // want `label: "labels_read" is not of the form`
	s.store.Read(ctx, "labels__read_x", p)      // want `label: "labels__read_x" is not of the form`
	s.store.Read(ctx, "accounts_read_thing", p) // want `label: "accounts_read_thing" does not belong to package labels, whose areas are labels`
	s.store.Read(ctx, named, p)                 // want `label: the label "labels_read_named" is not written at the call`
	s.store.Read(ctx, "labels_read_"+"sum", p)  // want `label: the label "labels_read_sum" is not written at the call`
}

func (s *service) twice(ctx context.Context) {
	s.store.Scan(ctx, "labels_scan_twice", p, p.Prefix("x"), storage.Page{})
	s.store.Scan(ctx, "labels_scan_twice", p, p.Prefix("y"), storage.Page{}) // want `label: "labels_scan_twice" stands at .*labels.go:\d+ too`
}

func (s *service) hidden(ctx context.Context) {
	read := s.store.Read // want `label: .*Read is used as a value, so its label is given out of sight`
	read(ctx, "labels_read_hidden", p)
}

var atPackage = func(ctx context.Context, s *storage.Store) {
	s.Read(ctx, "in a variable", p) // want `label: "in a variable" is not of the form`
}

func generic[T any](ctx context.Context, s *storage.Store, v T) T {
	s.Read(ctx, "labels_read_generic", p)
	s.Read(ctx, "Generic", p) // want `label: "Generic" is not of the form`
	return v
}

func generics(ctx context.Context, s *storage.Store) int {
	return generic(ctx, s, 1) + len(generic(ctx, s, "x"))
}

func (s *service) rows() {
	s.store.Handle("labels_send_row", storage.Handler{Apply: func(tx *storage.Tx, r storage.Row) error {
		tx.Send("labels_send_row", p, nil)
		return tx.Send("labels_send_nothing", p, nil) // want `label: no handler for rows of the kind "labels_send_nothing" is registered`
	}})
}
