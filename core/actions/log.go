package actions

import (
	"context"

	"tracedge/core/storage"
)

// Log lists the actions of all admins.
type Log struct{ store *storage.Store }

// NewLog returns the log of a store and registers how actions come to it.
func NewLog(s *storage.Store) *Log {
	s.Handle("admin_record_action", storage.Handler{Apply: record})
	return &Log{s}
}

// partition holds the log. Admins are people and few, so one partition does.
func partition() storage.Partition { return storage.In("system", "actions") }

// prefix names the actions of an admin, or of all for "".
func prefix(adminID string) storage.Key {
	if adminID == "" {
		return partition().Prefix("action")
	}
	return partition().Prefix("admin", adminID)
}

// record keeps an action twice, so that those of one admin are a range too.
func record(tx *storage.Tx, r storage.Row) error {
	var a Action
	if err := r.Decode(&a); err != nil {
		return err
	}
	end := storage.Key(storage.TimeID(a.Time, a.ID))
	if err := tx.Put(prefix("")+end, a); err != nil {
		return err
	}
	return tx.Put(prefix(a.AdminID)+end, a)
}

// maxID is longer than any user id.
const maxID = 64

// List returns a page of the actions of an admin, of all for "", newest first. A position is the end of the last action's
// key, "" for the first page; so is next, "" when there is no further page. It is read from the sequencer: an action is
// listed when the request that did it has been answered.
func (l *Log) List(ctx context.Context, adminID, position string, limit int) (list []Action, next string, err error) {
	if limit == 0 || len(adminID) > maxID {
		return nil, "", nil
	}
	below := prefix(adminID)
	page := storage.Page{Limit: limit, Reverse: true}
	if position != "" {
		page.After = below + storage.Key(position)
	}
	found, err := l.store.Scan(ctx, "admin_list_actions", partition(), below, page)
	if err != nil {
		return nil, "", err
	}
	list = make([]Action, len(found.Records))
	for i, r := range found.Records {
		if err := r.Decode(&list[i]); err != nil {
			return nil, "", err
		}
	}
	if found.Next != "" {
		next = string(found.Next[len(below):])
	}
	return list, next, nil
}
