package items

import (
	"context"
	"time"

	"tracedge/core/activity"
	"tracedge/core/identifier"
	"tracedge/core/listing"
	"tracedge/core/storage"
	"tracedge/core/userrows"
)

// What pushes into circuits need of items: package circuititems makes and changes items by commits of its own, and looks
// identifiers up beyond those of one owner.

// Put writes an item into its partition. Errors: 422 for one that is too large.
func Put(tx *storage.Tx, i *Item) error { return put(tx, i) }

// Row is the item in the list of its owner.
func (i *Item) Row() (listing.Row, error) { return i.row() }

// Touch is what every change does.
func (i *Item) Touch(now time.Time) { i.touch(now) }

// SetIdentifiers gives a new item its identifiers.
func (i *Item) SetIdentifiers(list []identifier.Identifier, marks Marks) {
	i.setIdentifiers(list, marks)
}

// AddIdentifiers unites the identifiers with others.
func (i *Item) AddIdentifiers(list []identifier.Identifier, marks Marks) {
	i.addIdentifiers(list, marks)
}

// TellRecipients sends those who see the item by a share what it has got since it had the marks.
func (i *Item) TellRecipients(tx *storage.Tx, before []Mark) error {
	return i.tellRecipients(tx, before)
}

// Read reads an item whoever owns it; nil when there is none.
func (s *Service) Read(ctx context.Context, dfid string) (*Item, error) { return s.read(ctx, dfid) }

// Draw draws the dfid of a new item.
func (s *Service) Draw(ctx context.Context) (string, error) { return s.sequence.Draw(ctx) }

// ShareKey is the record of a share.
func (v Share) ShareKey(p storage.Partition) storage.Key { return v.key(p) }

// SharePrefix is where the shares of an item with a user are.
func SharePrefix(p storage.Partition, userID string) storage.Key { return sharePrefix(p, userID) }

// NewShare is a share that a pull leaves with who has pulled.
func NewShare(i *Item, recipient string, permissions []string, at time.Time, drawn, source string) Share {
	return Share{
		ID: shareID(at, drawn), DFID: i.DFID, By: i.OwnerID, Recipient: recipient, At: at, Permissions: permissions, Source: source,
	}
}

// Received is a share as a part of a change of its recipient's account.
func Received(i *Item, v Share) (string, any) {
	return receivedKind, received{Share: v, Index: receivedIndex(i)}
}

// Owe sends the owner of an item its row, with the activity if the owner has made the change.
func (i *Item) Owe(tx *storage.Tx, e *activity.Entry, opts ...storage.SendOption) error {
	row, err := i.row()
	if err != nil {
		return err
	}
	var change userrows.Change
	change.Add(listing.Part(row))
	if e != nil {
		change.Add(activity.Part(*e))
	}
	return change.Send(tx, i.OwnerID, opts...)
}

// IndexPartition is where an identifier stands in the index, by its place.
func IndexPartition(place string) storage.Partition { return indexPartition(place) }
