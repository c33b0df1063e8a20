package circuits

import (
	"context"
	"strings"

	"tracedge/core/abreast"
	"tracedge/core/storage"
)

// What items and events ask of circuits. Pointers in other partitions say where to ask; the answer is the circuit's.

// Publishes says whether one of the circuits shows the item to everybody.
func (s *Service) Publishes(ctx context.Context, dfid string, circuitIDs []string) (bool, error) {
	for _, id := range circuitIDs {
		f, err := s.readPublic(ctx, id, Viewer{}, s.store.Now())
		if err != nil {
			return false, err
		}
		if f.publishes(dfid) {
			return true, nil
		}
	}
	return false, nil
}

// Member says whether a user is a member of a circuit.
func (s *Service) Member(ctx context.Context, circuitID, userID string) (bool, error) {
	st, err := CheckMembership(ctx, s.store, circuitID, Viewer{UserID: userID})
	return err == nil && st.exists() && st.IsMember(), err
}

// Holds tells which of some items a circuit holds. One call of the sequencer.
func (s *Service) Holds(ctx context.Context, circuitID string, dfids []string) (map[string]bool, error) {
	p := Partition(circuitID)
	found, err := s.store.Read(ctx, "circuits_check_items", p, held(p, dfids)...)
	if err != nil {
		return nil, err
	}
	out := make(map[string]bool, len(dfids))
	for _, dfid := range dfids {
		if !nobody(dfid) {
			_, out[dfid] = found.Record(ItemKey(p, dfid))
		}
	}
	return out, nil
}

// Published says whether a circuit shows an item to everybody: the item's own rows say where to ask, and the circuits
// decide. One call of the sequencer and one for each circuit that is asked.
func (s *Service) Published(ctx context.Context, dfid string) (bool, error) {
	if nobody(dfid) {
		return false, nil
	}
	p := itemPartition(dfid)
	prefix := publicationKey(p, "")
	page, err := s.store.Scan(ctx, "circuits_find_publication", p, prefix, storage.Page{Limit: maxPointers})
	if err != nil {
		return false, err
	}
	ids := make([]string, len(page.Records))
	for i, r := range page.Records {
		ids[i] = strings.TrimPrefix(string(r.Key), string(prefix))
	}
	return s.Publishes(ctx, dfid, ids)
}

// maxPointers bounds the circuits that are asked whether they publish an item.
const maxPointers = 1000

// Opened tells which of some circuits show their published items to everybody. One call of the sequencer for each, all at
// once, so the caller bounds them.
func (s *Service) Opened(ctx context.Context, ids []string) (map[string]bool, error) {
	found := make([]bool, len(ids))
	err := abreast.All(len(ids), func(i int) (err error) {
		found[i], err = s.opened(ctx, ids[i])
		return err
	})
	out := make(map[string]bool, len(ids))
	for i, id := range ids {
		out[id] = found[i]
	}
	return out, err
}

func (s *Service) opened(ctx context.Context, id string) (bool, error) {
	p := Partition(id)
	v, err := s.store.View(ctx, "circuits_check_open", p, standingKeys(p, ""))
	if err != nil {
		return false, err
	}
	standing, err := Stand(v, p, Viewer{}, s.store.Now())
	return err == nil && standing.Open(), err
}
