package listing

import (
	"tracedge/core/canon"
	"tracedge/core/identifier"
	"tracedge/core/web"
)

// Response is an item or a local item as clients see it, in lists and by itself: the ItemResponse of the contract.
type Response struct {
	DFID        string           `json:"dfid"`
	Identifiers []identifier.Out `json:"identifiers"`
	Data        canon.Object     `json:"enriched_data"`
	Created     web.Secs         `json:"creation_timestamp"`
	Modified    web.Secs         `json:"last_modified"`
	Sources     []string         `json:"source_entries"`
	Status      string           `json:"status"`
	MergedInto  *string          `json:"merged_into,omitempty"`
}
