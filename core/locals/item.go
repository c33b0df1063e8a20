package locals

import (
	"time"

	"tracedge/core/canon"
	"tracedge/core/identifier"
	"tracedge/core/listing"
	"tracedge/core/web"
)

// Status is the status of a local item. That of a tokenised one is whatever it was.
type Status string

// The statuses.
const (
	Active     Status = "Active"
	Deprecated Status = "Deprecated"
	MergedInto Status = "MergedInto" // another local item
)

// Item is the record local/<lid>/item: a local item with the fold of its layers.
type Item struct {
	LID       string    `json:"local_id"`
	Owner     string    `json:"owner_user_id"`
	Workspace *string   `json:"workspace_id"`
	Status    Status    `json:"status"`
	Master    string    `json:"merged_into,omitempty"` // local id; in another status than MergedInto the last one
	Created   time.Time `json:"creation_timestamp"`
	Modified  time.Time `json:"last_modified"`
	Version   int64     `json:"version"` // grows with each change, from 1

	// Layers counts the layers that were ever put beside the base; the next one has this number. While it is 0 there are
	// no records of layers: the state is the base.
	Layers int `json:"layers,omitempty"`

	State

	Mapping string `json:"mapping,omitempty"` // dfid of the item that it has become
}

// State is what an item says: the fold of its layers.
type State struct {
	Identifiers []identifier.Identifier `json:"identifiers"`
	Data        canon.Object            `json:"enriched_data"`
	Sources     []string                `json:"source_entries"` // UUIDs
}

// Tokenised reports whether the local item has become an item.
func (i *Item) Tokenised() bool { return i.Mapping != "" }

// Confidence of a local item, which nothing changes.
const Confidence = 1.0

// Response is the item as clients see it.
func (i *Item) Response() listing.Response {
	sources := i.Sources
	if sources == nil {
		sources = []string{}
	}
	return listing.Response{
		DFID: DFID(i.LID), Identifiers: identifier.Outs(i.Identifiers), Data: i.Data,
		Created: web.Secs(i.Created), Modified: web.Secs(i.Modified), Sources: sources, Status: i.StatusText(),
	}
}

// StatusText is the status as responses show it.
func (i *Item) StatusText() string {
	if i.Status == MergedInto {
		return `MergedInto("` + i.Master + `")`
	}
	return string(i.Status)
}

// brief is a local item in the answers of merges.
type brief struct {
	DFID     string         `json:"dfid"`
	LID      string         `json:"local_id"`
	Data     canon.Object   `json:"enriched_data"`
	Modified web.TimeOffset `json:"last_modified"`
}

func (i *Item) brief() brief { return brief{DFID(i.LID), i.LID, i.Data, web.TimeOffset(i.Modified)} }
