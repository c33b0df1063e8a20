package events

import (
	"context"
	"time"

	"tracedge/core/storage"
)

// reference is the record eventref/<event id>/home: where the event is.
type reference struct {
	DFID    string    `json:"dfid,omitempty"`           // of the item that has it
	LocalID string    `json:"local_event_id,omitempty"` // of the local event that it is
	Time    time.Time `json:"timestamp"`                // of the event: with its id, where it stands in the item
	Version int64     `json:"version"`                  // grows when the event moves
	Sure    bool      `json:"sure,omitempty"`           // the event is there
}

// orphaned is how long a reference lives that no event has made permanent.
const orphaned = time.Hour

func referenceHome(eventID string) storage.Partition { return storage.In("eventref", eventID) }
func referenceKey(eventID string) storage.Key        { return referenceHome(eventID).Key("home") }

// refer writes the reference to an event that is about to be committed, and returns the event's time: that of an earlier
// run of the same request, if there was one, so that both mean the same record.
func (s *Service) refer(ctx context.Context, eventID string, r reference) (time.Time, error) {
	k := referenceKey(eventID)
	until := s.store.Now().Add(orphaned)
	var at time.Time
	err := s.store.Update(ctx, "eventrefs_put_home", referenceHome(eventID), func(tx *storage.Tx) error {
		var have reference
		known, err := tx.Get(k, &have)
		if err != nil {
			return err
		}
		if known {
			at = have.Time
			if have.Sure {
				return nil
			}
		} else {
			have, at = r, r.Time
		}
		return tx.Put(k, have, storage.Expires(until))
	}, storage.AssumeAbsent(k))
	return at, err
}

// confirmation is the row that makes a reference permanent.
type confirmation struct {
	EventID   string    `json:"event_id"`
	Reference reference `json:"reference"`
}

// confirm has the reference of an event made permanent, after the reply.
func confirm(tx *storage.Tx, eventID string, r reference) error {
	r.Sure = true
	return tx.Send("eventrefs_confirm_home", referenceHome(eventID), confirmation{eventID, r})
}

// applyConfirmation is the row's end. A late one of an event that has moved says nothing any more.
func applyConfirmation(tx *storage.Tx, row storage.Row) error {
	var c confirmation
	if err := row.Decode(&c); err != nil {
		return err
	}
	k := referenceKey(c.EventID)
	var have reference
	if known, err := tx.Get(k, &have); err != nil || known && have.Sure && have.Version >= c.Reference.Version {
		return err
	}
	return tx.Put(k, c.Reference)
}

func confirmationReads(row storage.Row) (reading, absent []storage.Key) {
	var c confirmation
	if row.Decode(&c) != nil {
		return nil, nil
	}
	return []storage.Key{referenceKey(c.EventID)}, nil
}
