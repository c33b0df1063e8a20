package items

import (
	"tracedge/core/activity"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type messageReply struct {
	Message string `json:"message"`
}

// remove is I7: the item stays, deprecated.
func (s *Service) remove(c *web.Call) (any, error) {
	if _, err := s.deprecate(c); err != nil {
		return nil, err
	}
	return messageReply{"Item deprecated"}, nil
}

// deprecate is I8.
func (s *Service) deprecate(c *web.Call) (any, error) {
	return s.either(c, func(l local) (any, error) {
		i, err := s.locals.Deprecate(c, l.LID)
		if err != nil {
			return nil, err
		}
		return i.Response(), nil
	}, func(dfid string) (any, error) {
		i, err := s.setDeprecated(c, dfid)
		if err != nil {
			return nil, err
		}
		return i.Response(), nil
	})
}

// setDeprecated: D item/<dfid> status; now: the index lets go of it, the owner's list and activity. Between the two a
// holder in the index does not count, since the item is not Active. A repeat writes nothing. Errors: 404, 403, 409 for an
// item that was merged.
func (s *Service) setDeprecated(c *web.Call, dfid string) (*Item, error) {
	a, err := s.own(c, dfid)
	if err != nil {
		return nil, err
	}
	owner, now, e := c.Caller().UserID, c.Now(), activity.Of(c, activity.DeprecateItem, a.Item.DFID)
	op := s.store.BeginAs(Partition(a.Item.DFID), c.Operation())
	var i *Item
	err = op.Decide(c.Context(), "items_set_status", func(tx *storage.Tx) error {
		var err error
		if i, err = owned(tx, owner); err != nil {
			return err
		}
		if err := i.editable(); err != nil {
			return err
		}
		if i.Status == Deprecated {
			return nil
		}
		for _, c := range i.claims() {
			c.release(tx, i.DFID)
		}
		i.Status = Deprecated
		i.touch(now)
		if err := put(tx, i); err != nil {
			return err
		}
		return owe(tx, owner, []*Item{i}, e)
	}, storage.Reading(Key(op.Home)), storage.Free(storage.WorkClaim))
	return i, err
}

// claims are the claims of the item in the index.
func (i *Item) claims() []claim { return claimsOf(i.OwnerID, i.Identifiers, i.marks()) }
