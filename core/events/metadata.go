package events

import (
	"context"
	"errors"
	"fmt"

	"tracedge/core/canon"
	"tracedge/core/fault"
	"tracedge/core/status"
	"tracedge/core/storage"
)

// Metadata is metadata as it is kept: in the clear, encrypted when the event is private, or elsewhere when it is large.
type Metadata struct {
	Clear  *canon.Object `json:"clear,omitempty"`
	Sealed string        `json:"sealed,omitempty"` // base64 of AES-256-GCM, bound to the event's id
	Beside bool          `json:"beside,omitempty"` // in a record of its own beside the event
	Away   bool          `json:"away,omitempty"`   // in a feed: only the event itself has it
}

// Sizes in bytes. A page of 200 events is 3 MiB at most, and an item's events can be gone through page by page.
const (
	maxMetadata = 2 << 20  // of the canonical text: what a body can hold
	maxInline   = 16 << 10 // of what stands in the event's own record and in feeds
)

// large is metadata in a record of its own: the value of one of Metadata's members.
type large any

// seal makes metadata ready to be stored, and what is stored beside the event, if anything. It is done before an update.
// Errors: 422 for metadata that is too large, 503 other for a private event without SECRETS_KEY.
func (s *Service) seal(e Event, metadata canon.Object) (Metadata, large, error) {
	text := metadata.String()
	switch {
	case len(text) > maxMetadata:
		return Metadata{}, nil, fault.Invalid("metadata", "The metadata is too large")
	case !e.private() && len(text) <= maxInline:
		return Metadata{Clear: &metadata}, nil, nil
	case !e.private():
		return Metadata{Beside: true}, metadata, nil
	case s.box == nil:
		return Metadata{}, nil, errNoKey()
	}
	sealed, err := s.box.Seal([]byte(text), sealContext(e.ID))
	switch {
	case err != nil:
		return Metadata{}, nil, err
	case len(sealed) <= maxInline:
		return Metadata{Sealed: sealed}, nil, nil
	default:
		return Metadata{Beside: true}, sealed, nil
	}
}

// unseal reads encrypted metadata. Errors: 503 other without SECRETS_KEY.
func (s *Service) unseal(e Event, sealed string) (canon.Object, error) {
	if s.box == nil {
		return canon.Object{}, errNoKey()
	}
	doc, err := s.box.Open(sealed, sealContext(e.ID))
	if err != nil {
		return canon.Object{}, unusable(err)
	}
	o, err := canon.ParseObject(doc)
	if err != nil {
		return o, unusable(err)
	}
	return o, nil
}

// copied is the metadata for a feed.
func (m Metadata) copied() Metadata {
	if m.Beside {
		return Metadata{Away: true}
	}
	return m
}

// sealContext binds encrypted metadata to its event.
func sealContext(eventID string) string { return "event/" + eventID }

func errNoKey() error {
	return fault.Unavailable(fault.Other, "Private events need a setting that is missing")
}

func unusable(cause error) error {
	return fault.New(fault.DatabaseError, status.InternalServerError, "Storage error").Because(cause)
}

// largeKey is where large metadata is, in the event's partition.
func largeKey(p storage.Partition, e Event) storage.Key {
	return p.Key("eventdata", e.ID, fmt.Sprintf("%08d", e.Revision))
}

// putLarge writes large metadata within an update that takes its record as absent.
func putLarge(tx *storage.Tx, e Event, l large) error {
	if l == nil {
		return nil
	}
	return tx.PutLong(largeKey(tx.Partition(), e), l)
}

// read is the metadata of an event that was read from its own partition. Large metadata costs a call.
func (s *Service) read(ctx context.Context, p storage.Partition, e Event) (canon.Object, error) {
	switch {
	case e.Metadata.Beside:
	case e.private():
		return s.unseal(e, e.Metadata.Sealed)
	case e.Metadata.Clear != nil:
		return *e.Metadata.Clear, nil
	default:
		return canon.Object{}, unusable(errors.New("events: an event without metadata"))
	}
	k := largeKey(p, e)
	found, err := s.store.View(ctx, "events_get_metadata", p, []storage.Key{k}, k.Parts())
	if err != nil {
		return canon.Object{}, err
	}
	var known bool
	var o canon.Object
	if e.private() {
		var sealed string
		if known, err = found.GetLong(k, &sealed); known && err == nil {
			o, err = s.unseal(e, sealed)
		}
	} else {
		known, err = found.GetLong(k, &o)
	}
	if err == nil && !known {
		err = unusable(errors.New("events: large metadata is missing"))
	}
	return o, err
}
