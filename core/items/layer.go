package items

import (
	"sort"
	"strings"
	"time"

	"tracedge/core/canon"
	"tracedge/core/identifier"
	"tracedge/core/storage"
)

// Layer is what somebody else than the owner has added to an item by pushes into one circuit: the record
// item/<dfid>/layer/<circuit id>/<source>. The item's own record knows nothing of it.
type Layer struct {
	Source      string                  `json:"source_user_id"`
	CircuitID   string                  `json:"circuit_id"`
	LIDs        []string                `json:"local_ids"`
	Identifiers []identifier.Identifier `json:"identifiers"`
	Data        canon.Object            `json:"enriched_data"`
	Aliases     []Alias                 `json:"aliases"`
	ActivatedAt time.Time               `json:"activated_at"`
}

// LayerPrefix is where the layers of an item are.
func LayerPrefix(p storage.Partition) storage.Key { return p.Prefix("layer") }

// LayerKey is the record of a layer.
func LayerKey(p storage.Partition, circuitID, source string) storage.Key {
	return p.Key("layer", circuitID, source)
}

// PendingLayerKey is the record of what an operation will add to a layer once it is approved. No reader but the preview of
// the decision shows it.
func PendingLayerKey(p storage.Partition, op string) storage.Key { return p.Key("pendinglayer", op) }

// Merge is the layer with a later one of the same source over it: its keys overwrite.
func (l Layer) Merge(later Layer) Layer {
	if l.Source == "" {
		l.Source, l.CircuitID, l.ActivatedAt = later.Source, later.CircuitID, later.ActivatedAt
	}
	for _, lid := range later.LIDs {
		if !contains(l.LIDs, lid) {
			l.LIDs = append(l.LIDs, lid)
		}
	}
	l.Identifiers = identifier.Union(l.Identifiers, later.Identifiers)
	l.Data = l.Data.Merge(later.Data)
	l.Aliases = append(l.Aliases, later.Aliases...)
	return l
}

func contains(list []string, text string) bool {
	for _, have := range list {
		if have == text {
			return true
		}
	}
	return false
}

// LayersIn are the layers of an item in a view that has their range, oldest first.
func LayersIn(p storage.Partition, v storage.View) ([]Layer, error) {
	var out []Layer
	prefix := string(LayerPrefix(p))
	for _, r := range v.Range(LayerPrefix(p)) {
		if strings.Count(strings.TrimPrefix(string(r.Key), prefix), "/") > 1 {
			continue // a part of a long one
		}
		var l Layer
		if ok, err := v.GetLong(r.Key, &l); err != nil {
			return nil, err
		} else if ok {
			out = append(out, l)
		}
	}
	sort.SliceStable(out, func(a, b int) bool { return out[a].ActivatedAt.Before(out[b].ActivatedAt) })
	return out, nil
}

// Under is the item as a reader of some layers sees it: the own record, then the layers one below the other. A layer adds
// what is not there yet; it never changes or hides a value.
func (i *Item) Under(layers []Layer) *Item {
	if len(layers) == 0 {
		return i
	}
	shown := *i
	for _, l := range layers {
		shown.Identifiers = identifier.Union(shown.Identifiers, identifier.Without(l.Identifiers, shown.Identifiers))
		shown.Data = l.Data.Merge(shown.Data)
	}
	return &shown
}
