package items

import (
	"time"

	"tracedge/core/canon"
	"tracedge/core/digest"
	"tracedge/core/identifier"
	"tracedge/core/listing"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// Item is the record item/<dfid>/item.
type Item struct {
	DFID        string                  `json:"dfid"`
	LocalID     *string                 `json:"local_id"` // UUID of the local item that it was
	Legacy      bool                    `json:"legacy_mode"`
	Identifiers []identifier.Identifier `json:"identifiers"`
	Aliases     []Alias                 `json:"aliases"`
	Fingerprint *string                 `json:"fingerprint"`
	Data        canon.Object            `json:"enriched_data"`
	Created     time.Time               `json:"creation_timestamp"`
	Modified    time.Time               `json:"last_modified"`
	Sources     []string                `json:"source_entries"` // UUIDs
	Confidence  float64                 `json:"confidence_score"`
	Status      Status                  `json:"status"`

	OwnerID     string  `json:"owner_user_id"`
	WorkspaceID *string `json:"workspace_id"`
	MergedInto  *string `json:"merged_into"` // dfid
	Version     int64   `json:"version"`     // grows with each change
	Marks       []Mark  `json:"marks"`       // of the identifiers, in their order

	Recipients []string `json:"recipients,omitempty"` // users that it is shared with
}

// Alias is what another system knows an item by.
type Alias struct {
	Scheme       string    `json:"scheme"`
	Value        string    `json:"value"`
	IssuerID     string    `json:"issuer_id"`
	IssuedAt     time.Time `json:"issued_at"`
	EvidenceHash string    `json:"evidence_hash"`
}

// Status is the state of an item.
type Status string

// The states.
const (
	Active     Status = "Active"
	Deprecated Status = "Deprecated"
	Merged     Status = "Merged" // into another item
	Split      Status = "Split"
)

// listed is the status that lists filter by.
func (s Status) listed() listing.Status {
	switch s {
	case Deprecated:
		return listing.Deprecated
	case Merged:
		return listing.Merged
	case Split:
		return listing.Split
	default:
		return listing.Active
	}
}

// Mark is where an identifier stands in indexes: hashes, which an update must not make.
type Mark struct {
	Place string `json:"at"`   // its partition, see placeOf
	Key   string `json:"key"`  // listing.ByKey
	Pair  string `json:"pair"` // listing.ByPair
}

// Marks are the marks of identifiers, by what they identify.
type Marks map[identifier.Identity]Mark

// MarksOf makes the marks of identifiers, before an update.
func MarksOf(list []identifier.Identifier) Marks {
	m := make(Marks, len(list))
	for _, i := range list {
		m[i.Identity()] = Mark{placeOf(i), listing.ByKey(i.Key), listing.ByPair(i.Key, i.Value)}
	}
	return m
}

// placeOf names the partition of an identifier. Its parts may be longer than a key, so it is a hash of all three; that
// of the class is not among them, since both classes of one identifier are looked at together.
func placeOf(i identifier.Identifier) string {
	return digest.OfText(digest.OfText(i.Namespace) + digest.OfText(i.Key) + digest.OfText(i.Value))
}

// marks are the marks that the item has.
func (i *Item) marks() Marks {
	m := make(Marks, len(i.Identifiers))
	for n, id := range i.Identifiers {
		m[id.Identity()] = i.Marks[n]
	}
	return m
}

// setIdentifiers replaces the identifiers; each is marked in one of the maps.
func (i *Item) setIdentifiers(list []identifier.Identifier, marks ...Marks) {
	i.Identifiers, i.Marks = list, make([]Mark, len(list))
	for n, id := range list {
		for _, m := range marks {
			if mark, ok := m[id.Identity()]; ok {
				i.Marks[n] = mark
			}
		}
	}
}

// addIdentifiers unites the identifiers with others.
func (i *Item) addIdentifiers(list []identifier.Identifier, marks Marks) {
	i.setIdentifiers(identifier.Union(i.Identifiers, list), marks, i.marks())
}

// touch is what every change does.
func (i *Item) touch(now time.Time) {
	i.Version++
	i.Modified = now
}

// Response is the item as clients see it.
func (i *Item) Response() listing.Response {
	r := listing.Response{
		DFID: i.DFID, Identifiers: identifier.Outs(i.Identifiers), Data: i.Data, Created: web.Secs(i.Created),
		Modified: web.Secs(i.Modified), Sources: i.Sources, Status: string(i.Status),
	}
	if r.Sources == nil {
		r.Sources = []string{}
	}
	if i.Status == Merged {
		r.MergedInto = i.MergedInto
	}
	return r
}

// row is the item in the list of its owner.
func (i *Item) row() (listing.Row, error) {
	r := listing.Row{
		ID: i.DFID, Created: i.Created, Version: i.Version, Status: i.Status.listed(), Confidence: i.Confidence,
		Fresh: i.Version == 1,
	}
	for _, m := range i.Marks {
		r.Index = append(r.Index, m.Key, m.Pair)
	}
	return r, r.SetCopy(i.Response())
}

// Partition is where an item lives.
func Partition(dfid string) storage.Partition { return storage.In("item", dfid) }

// Key is the record of the item in its partition.
func Key(p storage.Partition) storage.Key { return p.Key("item") }

// named reports whether a text can be the dfid of an item. Its syntax is nobody's business, but no item has a long one,
// and a long text is no name of a partition.
func named(dfid string) bool { return dfid != "" && len(dfid) <= 64 }
