package events

import (
	"context"
	"encoding/json"

	"tracedge/core/canon"
	"tracedge/core/identifier"
	"tracedge/core/items"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// ItemsOf are the items of their service.
func ItemsOf(s *items.Service) Items { return itemsOf{s} }

type itemsOf struct{ service *items.Service }

func (itemsOf) Partition(dfid string) (storage.Partition, bool) {
	if !items.Named(dfid) {
		return storage.Partition{}, false
	}
	return items.Partition(dfid), true
}

func (itemsOf) Reads(p storage.Partition, userID string) (keys, ranges []storage.Key) {
	return items.Reads(p, userID)
}

func (i itemsOf) Judge(ctx context.Context, p storage.Partition, v storage.View, userID string) (Standing, error) {
	a, err := i.service.Judge(ctx, p, v, userID)
	if err != nil || !a.See {
		return Standing{}, err
	}
	st := Standing{MaySee: true, MayAdd: a.AddEvent, OwnerID: a.Item.OwnerID}
	if a.AddEvent {
		st.State, err = itemState(&a.Item)
	}
	return st, err
}

// StateOf is an item in the state of a snapshot.
func StateOf(i *items.Item) (canon.Value, error) { return itemState(i) }

func itemState(i *items.Item) (canon.Value, error) {
	raw := make([]identifier.Raw, len(i.Identifiers))
	for n, id := range i.Identifiers {
		raw[n] = id.Raw()
	}
	doc, err := json.Marshal(struct {
		Identifiers []identifier.Raw `json:"identifiers"`
		Data        canon.Object     `json:"enriched_data"`
		Status      items.Status     `json:"status"`
		Created     web.TimeZ        `json:"created_at"`
		Modified    web.TimeZ        `json:"last_modified"`
	}{raw, i.Data, i.Status, web.TimeZ(i.Created), web.TimeZ(i.Modified)})
	if err != nil {
		return canon.Value{}, err
	}
	return canon.Parse(doc)
}
