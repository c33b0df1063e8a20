package storagehistory

import (
	"tracedge/core/adaptertype"
	"tracedge/core/web"
)

// UploadView is an upload that is not done, as clients see it.
type UploadView struct {
	ID        string           `json:"outbox_id"`
	Type      adaptertype.Type `json:"adapter_type"`
	Operation Trigger          `json:"operation_type"`
	CircuitID *string          `json:"circuit_id"`
	QueuedAt  web.TimeOffset   `json:"queued_at"`
	Attempts  int64            `json:"attempts"`
	Status    Status           `json:"status"`
}

// View is the upload as clients see it.
func (u *Upload) View() UploadView {
	return UploadView{u.ID, u.Type, u.TriggeredBy, circuit(u.TriggeredByID), web.TimeOffset(u.QueuedAt), u.Attempts, u.Status}
}

// RecordView is a record as clients see it.
type RecordView struct {
	Location  Location         `json:"storage_location"`
	StoredAt  web.TimeOffset   `json:"stored_at"`
	CircuitID *string          `json:"circuit_id"`
	UserID    string           `json:"user_id"`
	Operation Trigger          `json:"operation_type"`
	Primary   bool             `json:"is_primary"`
	Metadata  map[string]any   `json:"metadata"`
	Type      adaptertype.Type `json:"adapter_type"`
}

// Views are the records as clients see them.
func (h *History) Views() []RecordView {
	out, primary := make([]RecordView, len(h.Records)), h.Primary()
	for i := range h.Records {
		r := &h.Records[i]
		out[i] = RecordView{
			r.Location, web.TimeOffset(r.StoredAt), circuit(r.TriggeredByID), r.UserID, r.TriggeredBy,
			primary != nil && primary.Equal(r.Location), r.Metadata, r.Type,
		}
		if r.Metadata == nil {
			out[i].Metadata = map[string]any{}
		}
	}
	return out
}

// circuit is the id of a circuit, nil for what is none.
func circuit(id *string) *string {
	if id == nil {
		return nil
	}
	parsed, ok := web.ParseUUID(*id)
	if !ok {
		return nil
	}
	return &parsed
}

// Form is the JSON of a location, for documents.
func (Location) Form() any {
	return web.OneOf{
		struct {
			Local Local `json:"Local"`
		}{},
		struct {
			IPFS IPFS `json:"IPFS"`
		}{},
		struct {
			Stellar Stellar `json:"Stellar"`
		}{},
		struct {
			Ethereum Ethereum `json:"Ethereum"`
		}{},
		struct {
			Arweave Arweave `json:"Arweave"`
		}{},
	}
}
