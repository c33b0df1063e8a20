package locals

import (
	"context"

	"tracedge/core/abreast"
	"tracedge/core/fault"
	"tracedge/core/storage"
)

// Access is what a user may do with a local item: its owner sees and writes it, recipients of a share see it.
type Access struct {
	*Item // nil when it is missing or not to be seen
	Owns  bool
	sees  bool
	view  storage.View // what it was read from
}

// access reads a local item and what a user may do with it. One call of the sequencer. Errors: those of the store.
func (s *Service) access(ctx context.Context, lid, userID string) (Access, error) {
	p := Partition(lid)
	k, shares := itemKey(p), sharePrefix(p, userID)
	v, err := s.store.View(ctx, "locals_get_item", p, []storage.Key{k, storage.ClaimKey(p, storage.WorkClaim)}, k.Parts(), shares)
	if err != nil {
		return Access{}, err
	}
	var i Item
	if ok, err := v.GetLong(k, &i); err != nil || !ok {
		return Access{}, err
	}
	owns := i.Owner == userID
	a := Access{&i, owns, owns || len(v.Range(shares)) > 0, v}
	return a, nil
}

// Access is access for what may be shown: a local item that the user may not see is like one that is missing.
func (s *Service) Access(ctx context.Context, lid, userID string) (Access, error) {
	a, err := s.access(ctx, lid, userID)
	if err != nil || !a.sees {
		return Access{}, err
	}
	return a, nil
}

// Mapped is the DFID that a local item has become, "" while it is a local item only. Errors: 404 for who sees neither.
func (s *Service) Mapped(ctx context.Context, lid, userID string) (string, error) {
	a, err := s.access(ctx, lid, userID)
	switch {
	case err != nil:
		return "", err
	case a.Item == nil:
		return "", NotFound()
	}
	dfid, err := s.DFID(ctx, a)
	if err != nil || a.sees {
		return dfid, err
	}
	if dfid != "" && s.Items != nil {
		if sees, err := s.Items.Sees(ctx, dfid, userID); sees || err != nil {
			return dfid, err
		}
	}
	return "", NotFound()
}

// own is Access for what only the owner may do. Errors: 404, 403.
func (s *Service) own(ctx context.Context, lid, userID string) (Access, error) {
	a, err := s.Access(ctx, lid, userID)
	switch {
	case err != nil:
		return a, err
	case a.Item == nil:
		return a, NotFound()
	case !a.Owns:
		return a, notOwner()
	}
	return a, nil
}

// NotFound is the 404 of a local item, the same as that of an item.
func NotFound() *fault.Error { return fault.NotFound("Item not found") }

func notOwner() error { return fault.Forbidden("Only the owner may change the item") }

// DFID is what a local item has become (items, section 6.6): the mapping, or what an operation has made of it whose row
// has not arrived yet; "" while it is a local item only. One more call of the sequencer while an operation is on its way.
func (s *Service) DFID(ctx context.Context, a Access) (string, error) {
	m, home, err := a.Minting()
	if a.Mapping != "" || m == nil || err != nil {
		return a.Mapping, err
	}
	decided, err := s.store.Decided(ctx, home, m.Op)
	if err != nil || !decided {
		return "", err
	}
	return m.DFID, nil
}

// all is Access for several local items, side by side, in their order.
func (s *Service) all(ctx context.Context, lids []string, userID string) ([]Access, error) {
	out := make([]Access, len(lids))
	err := abreast.Each(len(lids), func(n int) (err error) {
		out[n], err = s.Access(ctx, lids[n], userID)
		return err
	})
	return out, err
}
