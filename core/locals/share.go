package locals

import (
	"context"
	"encoding/hex"

	"tracedge/core/activity"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/listing"
	"tracedge/core/storage"
	"tracedge/core/userrows"
	"tracedge/core/web"
)

// Share is a share of a local item: the record local/<lid>/share/<recipient>/<position>. Its document belongs to package
// items; it moves along when the local item becomes an item.
type Share struct {
	Recipient string
	At        listing.Position // among others: oldest first
	Doc       any
	Tell      userrows.Change // what the recipient is told
}

// sharePrefix is where the shares with a user are kept, oldest first. The id of a user is free text in a path; those of
// accounts are short.
func sharePrefix(p storage.Partition, userID string) storage.Key {
	if len(userID) > 64 {
		userID = "~" + hex.EncodeToString([]byte(userID[:64]))
	}
	return p.Prefix("share", userID)
}

func (s *Share) key(p storage.Partition) storage.Key {
	return sharePrefix(p, s.Recipient) + storage.Key(s.At)
}

// Share gives a user the sight of a local item of the caller (items, I17). One commit in local/<lid>: the share, the rows
// that tell the recipient, before the reply, and the owner, and the kept response. A crash before it leaves nothing; after
// it the share counts at once, and the sweep tells the two. Under an idempotency key a repeat finds the operation there.
//
// Errors: 404, 403; ErrTokenised; web.Processed.
func (s *Service) Share(c *web.Call, lid string, share Share, kept idem.Kept) error {
	ctx, p := c.Context(), Partition(lid)
	a, err := s.own(ctx, lid, c.Caller().UserID)
	if err != nil {
		return err
	}
	if err := s.repeated(c, p, c.Operation()); err != nil {
		return err
	}
	op, entry := s.store.BeginAs(p, c.Operation()), activity.Of(c, activity.ShareItem, DFID(lid))
	err = op.Decide(ctx, "locals_add_share", func(tx *storage.Tx) error {
		var now struct {
			Mapping string `json:"mapping"`
		}
		if _, err := tx.GetLong(itemKey(p), &now); err != nil {
			return err
		}
		if now.Mapping != "" {
			return fault.Conflict("", "The local item has become an item").Because(ErrTokenised)
		}
		tx.Put(share.key(p), share.Doc)
		share.Tell.Send(tx, share.Recipient, storage.Now())
		activity.Send(tx, entry)
		return kept.Put(tx)
	}, storage.Given(a.view, itemKey(p), storage.ClaimKey(p, storage.WorkClaim)), storage.Free(storage.WorkClaim))
	if err == nil && op.Repeated {
		err = web.Processed()
	}
	return err
}

// OldestShare decodes the oldest share of a local item with a user into v and reports whether there is one. For the owner
// of the local item and for the user.
func (s *Service) OldestShare(ctx context.Context, lid, userID string, v any) (bool, error) {
	p := Partition(lid)
	found, err := s.store.Scan(ctx, "locals_get_share", p, sharePrefix(p, userID), storage.Page{Limit: 1})
	if err != nil || len(found.Records) == 0 {
		return false, err
	}
	return true, found.Records[0].Decode(v)
}
