package storagehistory

import (
	"context"
	"slices"

	"tracedge/core/storage"
)

// History is all that is kept of where an item's content is stored.
type History struct {
	Head    *Head    // nil while there is no record
	Records []Record // newest first
	Uploads []Upload // not done, oldest first
}

// Load reads the history in an item's partition, of one moment. One call of the sequencer for each thousand records.
func Load(ctx context.Context, s *storage.Store, p storage.Partition) (h History, err error) {
	v, err := s.View(ctx, "storage_get_history", p, []storage.Key{HeadKey(p)}, RecordPrefix(p), PendingPrefix(p))
	if err != nil {
		return h, err
	}
	var head Head
	switch ok, err := v.Get(HeadKey(p), &head); {
	case err != nil:
		return h, err
	case ok:
		h.Head = &head
	}
	records := v.Range(RecordPrefix(p))
	h.Records = make([]Record, len(records))
	for i := range records {
		if err := records[i].Decode(&h.Records[len(records)-1-i]); err != nil {
			return h, err
		}
	}
	h.Uploads, err = decodeUploads(v.Range(PendingPrefix(p)))
	return h, err
}

func decodeUploads(records []storage.Record) ([]Upload, error) {
	out := make([]Upload, len(records))
	for i := range records {
		if err := records[i].Decode(&out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Primary is the location of the primary copy, nil while there is no record.
func (h *History) Primary() *Location {
	if h.Head == nil {
		return nil
	}
	return h.Head.Primary
}

// Circuits are the circuits that records name, those of the newest first and each once.
func (h *History) Circuits() (out []string) {
	for i := range h.Records {
		if id := h.Records[i].TriggeredByID; id != nil && !slices.Contains(out, *id) {
			out = append(out, *id)
		}
	}
	return out
}
