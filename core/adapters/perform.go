package adapters

import (
	"context"
	"errors"
	"maps"
	"time"

	"tracedge/core/digest"
	"tracedge/core/fault"
	"tracedge/core/storage"
	"tracedge/core/storagehistory"
)

// The times of an upload.
const (
	// uploadLimit bounds a call whatever the configuration says: it is shorter than the time for which the sweep leaves a
	// row to whoever is at it.
	uploadLimit = 50 * time.Second

	// patience is how long an upload waits before it looks again for an adapter that is not there.
	patience = 5 * time.Minute
)

// perform carries an upload out: the content goes to the adapter, which keeps it, and then one commit in item/<dfid> says
// so. In order:
//
//  1. read the content and the entry, one call
//  2. put the content with the adapter. Content is addressed by itself, so doing it twice leaves one copy
//  3. succeeded: one commit with the record, the end of the pending entry and of the content, and rows for the counts
//  4. failed: one commit that counts the attempt; after 1 + retry_attempts it says that the upload has failed for good, and
//     holds the row with the refund
//
// A crash before 3 or 4, and one after them before the row is settled, ends in another run of the whole. Only a pending
// entry can be ended, so a second run of 3 or 4 finds nothing to do, and the record, the counts and the refund are there
// once. The first verdict stands.
func (s *Service) perform(ctx context.Context, r storage.Row) error {
	var u Upload
	if err := r.Decode(&u); err != nil {
		return err
	}
	view, err := s.store.View(ctx, "adapters_read_content", u.partition(), []storage.Key{u.contentKey(), u.entryKey()}, u.contentKey().Parts())
	if err != nil {
		return err
	}
	var entry storagehistory.Upload
	if ok, err := view.Get(u.entryKey(), &entry); err != nil || !ok || entry.Status != storagehistory.Queued {
		return err // it has ended
	}
	if ok, err := view.GetLong(u.contentKey(), &u.Content); err != nil || !ok {
		return err
	}
	adapter, err := s.Find(ctx, u.Type)
	switch kind := fault.KindOf(err); {
	case kind == fault.Other, kind == fault.ExternalError: // this build or the configuration lacks it
		return storage.Postpone(s.store.Now().Add(patience), "no adapter")
	case err != nil:
		return err
	}
	cid, err := adapter.Put(ctx, adapter.Timeout(uploadLimit), []byte(u.Content))
	if err != nil {
		return s.failed(ctx, u, adapter.Connection.Retries, err)
	}
	return s.stored(ctx, u, cid)
}

// stored is the commit of an upload that is done.
func (s *Service) stored(ctx context.Context, u Upload, cid string) error {
	p, now, key := u.partition(), s.store.Now(), u.entryKey()
	record := storagehistory.Record{
		ID: u.ID, Type: u.Type, Location: storagehistory.Location{IPFS: &storagehistory.IPFS{CID: cid, Pinned: true}},
		StoredAt: now, TriggeredBy: u.TriggeredBy, TriggeredByID: u.TriggeredByID, UserID: u.UserID, Active: true,
		Metadata: map[string]any{}, ContentHash: digest.OfText(u.Content),
	}
	maps.Copy(record.Metadata, u.Metadata)
	record.Metadata["ipfs_cid"], record.Metadata["ipfs_pinned"], record.Metadata["content_hash"] = cid, true, record.ContentHash
	reading := append(storagehistory.Reads(p, record), key, u.contentKey())
	return s.store.Update(ctx, "storage_add_record", p, func(tx *storage.Tx) error {
		entry, err := pendingIn(tx, key)
		if err != nil || entry == nil {
			return err
		}
		added, err := storagehistory.Add(tx, record, u.TriggeredBy == storagehistory.Migration)
		if err != nil {
			return err
		}
		tx.Delete(key)
		tx.DeleteLong(u.contentKey())
		change := added.Counted(u.Type)
		done := storagehistory.Change{Type: u.Type, Pending: -1, Synced: now}
		if u.OwnerID == u.UserID {
			change.Pending, change.Synced = done.Pending, done.Synced
			return u.count(tx, change)
		}
		if added.New {
			if err := u.countOwner(tx, change); err != nil {
				return err
			}
		}
		return u.count(tx, done)
	}, storage.Reading(reading...))
}

// failed is the commit of an attempt that failed. It returns the error while there are attempts left, so that the row is
// tried again, and nil once the upload has failed for good.
func (s *Service) failed(ctx context.Context, u Upload, retries int64, cause error) error {
	if errors.Is(cause, context.Canceled) {
		return cause // this instance ends: that says nothing of the adapter
	}
	now, reason, key := s.store.Now(), string(fault.KindOf(cause)), u.entryKey()
	over := false
	err := s.store.Update(ctx, "storage_note_failure", u.partition(), func(tx *storage.Tx) error {
		over = true
		entry, err := pendingIn(tx, key)
		if err != nil || entry == nil {
			return err
		}
		entry.Attempts++
		entry.Reason = reason
		if over = entry.Attempts > retries; !over {
			return tx.Put(key, entry)
		}
		entry.Status = storagehistory.Failed
		tx.Put(key, entry)
		tx.DeleteLong(u.contentKey())
		change := storagehistory.Change{Type: u.Type, Pending: -1, Failed: 1}
		if u.Charge == nil {
			return u.count(tx, change)
		}
		return u.count(tx, change, func() (string, any) { return refundKind, refund{*u.Charge, u.UserID, now} })
	}, storage.Reading(key, u.contentKey()))
	switch {
	case err != nil:
		return errors.Join(err, cause)
	case over:
		return nil
	}
	return cause
}

// pendingIn is the entry of an upload that is still pending, nil when it has ended.
func pendingIn(tx *storage.Tx, key storage.Key) (*storagehistory.Upload, error) {
	var entry storagehistory.Upload
	ok, err := tx.Get(key, &entry)
	if err != nil || !ok || entry.Status != storagehistory.Queued {
		return nil, err
	}
	return &entry, nil
}
