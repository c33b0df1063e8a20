package items

import (
	"context"
	"errors"

	"tracedge/core/locals"
	"tracedge/core/web"
)

// local is a local item that a path names by its dfid, as the caller sees it.
type local struct {
	*locals.Item
	owns bool
}

// either carries a call out on what its path names: a local item by LID-<uuid>, or an item. A local item that has become
// an item is that item (items, 6.6), also when it becomes one while the call runs. Errors: 404 for a local item that is
// missing or not to be seen, and whatever the functions return.
func (s *Service) either(c *web.Call, onLocal func(local) (any, error), onItem func(dfid string) (any, error)) (any, error) {
	lid, ok := locals.LID(c.Path("dfid"))
	if !ok {
		return onItem(c.Path("dfid"))
	}
	for range 2 {
		l, dfid, err := s.resolveLocal(c.Context(), lid, c.Caller().UserID)
		if err != nil {
			return nil, err
		}
		if dfid != "" {
			return onItem(dfid)
		}
		v, err := onLocal(l)
		if !errors.Is(err, locals.ErrTokenised) {
			return v, err
		}
	}
	return nil, noItem()
}

// resolveLocal is the local item, or the dfid of the item that it has become. Errors: 404.
func (s *Service) resolveLocal(ctx context.Context, lid, userID string) (local, string, error) {
	a, err := s.locals.Access(ctx, lid, userID)
	if err != nil {
		return local{}, "", err
	}
	if a.Item == nil { // whoever sees the item that it has become may ask by the lid
		dfid, err := s.locals.Mapped(ctx, lid, userID)
		return local{}, dfid, err
	}
	dfid, err := s.locals.DFID(ctx, a)
	return local{a.Item, a.Owns}, dfid, err
}

// Sees tells package locals who sees an item.
func (s *Service) Sees(ctx context.Context, dfid, userID string) (bool, error) {
	a, err := s.Access(ctx, dfid, userID)
	return a.See, err
}

// Find is the dfid of the item that a path names: the text itself, or for LID-<uuid> that of the item which the local item
// has become; "" for a local item that has not. Errors: 404 for a local item that is missing or not to be seen.
func (s *Service) Find(ctx context.Context, text, userID string) (string, error) {
	lid, ok := locals.LID(text)
	if !ok {
		return text, nil
	}
	_, dfid, err := s.resolveLocal(ctx, lid, userID)
	return dfid, err
}

// NotFound is the 404 of an item that is missing or not to be seen.
func NotFound() error { return noItem() }

// NotOwner is the 403 of what only the owner may do.
func NotOwner() error { return notOwner() }
