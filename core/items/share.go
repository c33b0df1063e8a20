package items

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"tracedge/core/activity"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/listing"
	"tracedge/core/locals"
	"tracedge/core/notices"
	"tracedge/core/storage"
	"tracedge/core/userrows"
	"tracedge/core/web"
)

// Share lets somebody read an item: the record item/<dfid>/share/<recipient>/<time>-<share id>.
type Share struct {
	ID          string    `json:"share_id"` // SHARE-<YYYYMMDDHHMMSS>-<8 upper-case hex>
	DFID        string    `json:"dfid"`
	By          string    `json:"shared_by"`
	Recipient   string    `json:"recipient_user_id"`
	At          time.Time `json:"shared_at"`
	Permissions []string  `json:"permissions"` // free texts; nil is null
	Source      string    `json:"source_entry"`
}

// shareID is the id of a share that is made at a time, from an id that was drawn for it.
func shareID(at time.Time, drawn string) string {
	return "SHARE-" + at.UTC().Format("20060102150405") + "-" + strings.ToUpper(drawn[:8])
}

// keyPart makes the id of a user, which is free text in a path, a part of a key. Those of accounts are short.
func keyPart(userID string) string {
	if len(userID) > 64 {
		return "~" + hex.EncodeToString([]byte(userID[:64]))
	}
	return userID
}

func sharePrefix(p storage.Partition, userID string) storage.Key {
	return p.Prefix("share", keyPart(userID))
}

func (v Share) key(p storage.Partition) storage.Key {
	return sharePrefix(p, v.Recipient) + storage.Key(v.place())
}

// place is where the share stands among others: oldest first.
func (v Share) place() string { return string(listing.PositionOf(v.At, v.ID)) }

type shareRequest struct {
	Recipient   string   `json:"recipient_user_id"`
	Permissions []string `json:"permissions" opt:"true"`
}

type shareReply struct {
	ID        string   `json:"share_id"`
	DFID      string   `json:"dfid"`
	Recipient string   `json:"recipient_user_id"`
	At        web.Secs `json:"shared_at"`
}

// maxRecipients bounds the users that one item is shared with: each is told of new identifiers.
const maxRecipients = 1000

// share is I17: D item/<dfid> share row; now: user/<recipient> received share and notice, user/<owner> activity. A crash
// between the two: the share counts at once, since it is read at the item; the recipient's list follows.
func (s *Service) share(c *web.Call) (any, error) {
	return s.either(c, func(l local) (any, error) { return s.shareLocal(c, l) }, func(dfid string) (any, error) {
		a, err := s.own(c, dfid)
		if err != nil {
			return nil, err
		}
		return s.shareItem(c, &a.Item)
	})
}

// newShare is the share that a call asks for. Errors: those of the body, 422.
func (s *Service) newShare(c *web.Call, dfid string) (Share, error) {
	req, err := web.Body[shareRequest](c)
	if err != nil {
		return Share{}, err
	}
	now := c.Now()
	return Share{
		ID: shareID(now, c.StableID("share")), DFID: dfid, By: c.Caller().UserID, Recipient: req.Recipient, At: now,
		Permissions: req.Permissions, Source: c.StableID("source"),
	}, s.checkRecipient(c, req.Recipient)
}

func (v Share) reply() shareReply { return shareReply{v.ID, v.DFID, v.Recipient, web.Secs(v.At)} }

// shareLocal shares a local item: D local/<lid>, and the same rows.
func (s *Service) shareLocal(c *web.Call, l local) (any, error) {
	if !l.owns {
		return nil, notOwner()
	}
	v, err := s.newShare(c, locals.DFID(l.LID))
	if err != nil {
		return nil, err
	}
	rendered, err := c.Idempotency().Render(v.reply())
	if err != nil {
		return nil, err
	}
	index := receivedPairs{At: listing.PositionOf(l.Created, v.DFID)}
	for _, i := range l.Identifiers {
		index.Pairs = append(index.Pairs, listing.ByPair(i.Key, i.Value))
	}
	share := locals.Share{Recipient: v.Recipient, At: listing.Position(v.place()), Doc: v}
	share.Tell.Add(receivedKind, received{Share: v, Index: &index})
	share.Tell.Add(noticeKind, shareNotice(c.StableID("notice"), v))
	if err := s.locals.Share(c, l.LID, share, idem.Prepare(c.Idempotency(), rendered, v.At)); err != nil {
		return nil, err
	}
	c.Idempotency().Settle()
	return v.reply(), nil
}

func (s *Service) shareItem(c *web.Call, i *Item) (any, error) {
	v, err := s.newShare(c, i.DFID)
	if err != nil {
		return nil, err
	}
	now, reply := v.At, v.reply()
	notice := shareNotice(c.StableID("notice"), v)
	e, kept := activity.Of(c, activity.ShareItem, v.DFID), idem.Prepare(c.Idempotency(), web.Rendered{}, now)
	op := s.store.BeginAs(Partition(v.DFID), c.Operation())
	err = op.Decide(c.Context(), "items_add_share", func(tx *storage.Tx) error {
		i, err := owned(tx, v.By)
		if err != nil {
			return err
		}
		if !slices.Contains(i.Recipients, v.Recipient) {
			if len(i.Recipients) >= maxRecipients {
				return fault.Invalid("recipient_user_id", "An item is shared with at most 1000 users")
			}
			i.Recipients = append(i.Recipients, v.Recipient)
			if err := put(tx, i); err != nil {
				return err
			}
		}
		tx.Put(v.key(op.Home), v)
		if err := tell(tx, v, received{Share: v, Index: receivedIndex(i)}, notice, e); err != nil {
			return err
		}
		return keep(tx, kept, reply)
	}, storage.Reading(Key(op.Home)), storage.Free(storage.WorkClaim))
	if err != nil {
		return nil, err
	}
	if op.Repeated {
		v, err = s.shareBefore(c.Context(), op.Home, v)
		return v.reply(), err
	}
	c.Idempotency().Settle()
	return reply, nil
}

// shareBefore is the share that an earlier run of the request has made: it has the same source entry.
func (s *Service) shareBefore(ctx context.Context, p storage.Partition, v Share) (Share, error) {
	page, err := s.store.Scan(ctx, "items_find_share", p, sharePrefix(p, v.Recipient), storage.Page{Limit: 100, Reverse: true})
	if err != nil {
		return v, err
	}
	for _, r := range page.Records {
		var made Share
		if err := r.Decode(&made); err != nil {
			return v, err
		}
		if made.Source == v.Source {
			return made, nil
		}
	}
	return v, nil
}

// checkRecipient refuses a share with nobody, and with oneself. Errors: 422 with field.
func (s *Service) checkRecipient(c *web.Call, userID string) error {
	const field = "recipient_user_id"
	if userID == c.Caller().UserID {
		return fault.Invalid(field, "The item is yours already")
	}
	if userID == "" || len(userID) > 64 {
		return fault.Invalid(field, "Unknown user")
	}
	account, err := s.accounts.Get(c.Context(), userID)
	if err == nil && account == nil {
		err = fault.Invalid(field, "Unknown user")
	}
	return err
}

// owned reads the item of the partition that an update changes, for its owner. Errors: 404, 403.
func owned(tx *storage.Tx, userID string) (*Item, error) {
	i, known, err := get(tx)
	switch {
	case err != nil:
		return nil, err
	case !known:
		return nil, noItem()
	case i.OwnerID != userID:
		return nil, notOwner()
	}
	return i, nil
}

// received is the record user/<recipient>/received/<time>-<share id>.
type received struct {
	Share Share          `json:"share"`
	Index *receivedPairs `json:"index,omitempty"` // for the index beside it; not kept
}

// receivedPairs are identifiers of a shared item, for the index user/<id>/receivedix/<pair>/<position of the item>.
type receivedPairs struct {
	At    listing.Position `json:"at"`
	Pairs []string         `json:"pairs"`
}

func receivedIndex(i *Item) *receivedPairs {
	r := &receivedPairs{At: listing.PositionOf(i.Created, i.DFID)}
	for _, m := range i.Marks {
		r.Pairs = append(r.Pairs, m.Pair)
	}
	return r
}

func receivedPrefix(p storage.Partition) storage.Key { return p.Prefix("received") }

func receivedIndexPrefix(p storage.Partition, pair string) storage.Key {
	return p.Prefix("receivedix", pair)
}

// The parts of changes of accounts that sharing sends.
const (
	receivedKind = "received"
	pairsKind    = "receivedix"
	noticeKind   = "notice"
)

// tell sends the recipient the share with its notice, and the owner the activity.
func tell(tx *storage.Tx, v Share, r received, n notices.Notice, e activity.Entry) error {
	var theirs, ours userrows.Change
	theirs.Add(receivedKind, r)
	theirs.Add(noticeKind, n)
	if err := theirs.Send(tx, v.Recipient, storage.Now()); err != nil {
		return err
	}
	ours.Add(activity.Part(e))
	return ours.Send(tx, v.By)
}

// shareNotice tells a recipient of a share.
func shareNotice(id string, v Share) notices.Notice {
	return notices.Notice{
		ID: id, UserID: v.Recipient, Type: notices.ItemShared, CreatedAt: v.At,
		Data: map[string]any{
			"item_id": v.DFID, "circuit_id": nil, "circuit_name": nil, "shared_by": v.By, "timestamp": web.TimeZ(v.At),
		},
	}
}

// register has the parts applied that sharing sends.
func register(rows *userrows.Rows) {
	rows.Handle(receivedKind, userrows.Handler{Apply: func(tx *storage.Tx, part userrows.Part) error {
		var r received
		if err := part.Decode(&r); err != nil {
			return err
		}
		pairs := r.Index
		r.Index = nil
		tx.Put(receivedPrefix(tx.Partition())+storage.Key(r.Share.place()), r)
		return pairs.put(tx)
	}})
	rows.Handle(pairsKind, userrows.Handler{Apply: func(tx *storage.Tx, part userrows.Part) error {
		var pairs receivedPairs
		if err := part.Decode(&pairs); err != nil {
			return err
		}
		return pairs.put(tx)
	}})
	rows.Handle(noticeKind, userrows.Handler{Apply: func(tx *storage.Tx, part userrows.Part) error {
		var n notices.Notice
		if err := part.Decode(&n); err != nil {
			return err
		}
		return notices.Put(tx, n)
	}})
}

func (r *receivedPairs) put(tx *storage.Tx) error {
	if r == nil {
		return nil
	}
	for _, pair := range r.Pairs {
		tx.Put(receivedIndexPrefix(tx.Partition(), pair)+storage.Key(r.At), true)
	}
	return nil
}

// tellRecipients sends those who see an item by a share the identifiers that it has got, for their index. It follows the
// reply.
func (i *Item) tellRecipients(tx *storage.Tx, before []Mark) error {
	var added []string
	for _, m := range i.Marks {
		if !slices.Contains(before, m) {
			added = append(added, m.Pair)
		}
	}
	if len(added) == 0 {
		return nil
	}
	for _, userID := range i.Recipients {
		var change userrows.Change
		change.Add(pairsKind, receivedPairs{listing.PositionOf(i.Created, i.DFID), added})
		if err := change.Send(tx, userID); err != nil {
			return err
		}
	}
	return nil
}

type sharedWithReply struct {
	Shared bool      `json:"is_shared"`
	ID     *string   `json:"share_id"`
	At     *web.Secs `json:"shared_at"`
}

// sharedWith is I18: the owner asks for anybody, others for themselves.
func (s *Service) sharedWith(c *web.Call) (any, error) {
	v, err := s.either(c, func(l local) (any, error) { return s.localSharedWith(c, l) },
		func(dfid string) (any, error) { return s.itemSharedWith(c, dfid) })
	if f := fault.From(err); f != nil && f.Kind == fault.Missing {
		return sharedWithReply{}, nil
	}
	return v, err
}

func askForAnother() error { return fault.Forbidden("Only the owner may ask for another user") }

func (s *Service) localSharedWith(c *web.Call, l local) (any, error) {
	userID := c.Path("user_id")
	if !l.owns && userID != c.Caller().UserID {
		return nil, askForAnother()
	}
	var v Share
	known, err := s.locals.OldestShare(c.Context(), l.LID, userID, &v)
	if err != nil || !known {
		return sharedWithReply{}, err
	}
	return v.sharedWith(), nil
}

func (s *Service) itemSharedWith(c *web.Call, dfid string) (any, error) {
	userID := c.Path("user_id")
	a, err := s.seen(c, dfid)
	if err != nil {
		return nil, err
	}
	if !a.Write && userID != c.Caller().UserID {
		return nil, askForAnother()
	}
	p := Partition(dfid)
	page, err := s.store.Scan(c.Context(), "items_get_share", p, sharePrefix(p, userID), storage.Page{Limit: 1})
	if err != nil || len(page.Records) == 0 {
		return sharedWithReply{}, err
	}
	var v Share
	if err := page.Records[0].Decode(&v); err != nil {
		return nil, err
	}
	return v.sharedWith(), nil
}

func (v Share) sharedWith() sharedWithReply {
	at := web.Secs(v.At)
	return sharedWithReply{true, &v.ID, &at}
}
