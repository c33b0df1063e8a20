package placement

import (
	"time"

	"tracedge/core/storagehistory"
	"tracedge/core/web"
)

type historyReply struct {
	Success bool        `json:"success"`
	Data    historyData `json:"data"`
}

type historyData struct {
	shown
	Pending []storagehistory.UploadView `json:"pending"`
}

// shown is a history as everybody sees it who may.
type shown struct {
	DFID      string                      `json:"dfid"`
	Records   []storagehistory.RecordView `json:"storage_records"` // newest first
	Primary   *storagehistory.Location    `json:"current_primary"`
	CreatedAt web.TimeOffset              `json:"created_at"` // of the oldest record
	UpdatedAt web.TimeOffset              `json:"updated_at"` // of the newest change
}

// history is SH1. While uploads are all there is, its times are those of the first and the last of them.
func (s *Service) history(c *web.Call) (any, error) {
	a, err := s.seen(c)
	if err != nil {
		return nil, err
	}
	if !a.See { // a local item
		return nil, storagehistory.NoRecord()
	}
	h, err := storagehistory.Load(c.Context(), s.Store, storagehistory.Partition(a.Item.DFID))
	switch {
	case err != nil:
		return nil, err
	case h.Head == nil && len(h.Uploads) == 0:
		return nil, storagehistory.NoRecord()
	}
	data := historyData{show(a.Item.DFID, &h), make([]storagehistory.UploadView, len(h.Uploads))}
	for i := range h.Uploads {
		data.Pending[i] = h.Uploads[i].View()
	}
	return historyReply{true, data}, nil
}

func show(dfid string, h *storagehistory.History) shown {
	var first, last time.Time
	switch {
	case h.Head != nil:
		first, last = h.Head.CreatedAt, h.Head.UpdatedAt
	case len(h.Uploads) > 0:
		first, last = h.Uploads[0].QueuedAt, h.Uploads[len(h.Uploads)-1].QueuedAt
	}
	return shown{dfid, h.Views(), h.Primary(), web.TimeOffset(first), web.TimeOffset(last)}
}

type locationsReply struct {
	Success   bool                      `json:"success"`
	DFID      string                    `json:"dfid"`
	Locations []storagehistory.Location `json:"locations"` // newest first
	Count     int                       `json:"count"`
}

// locations is SH2.
func (s *Service) locations(c *web.Call) (any, error) {
	a, err := s.seen(c)
	if err != nil {
		return nil, err
	}
	reply := locationsReply{Success: true, DFID: c.Path("dfid"), Locations: []storagehistory.Location{}}
	if !a.See { // a local item
		return reply, nil
	}
	h, err := storagehistory.Load(c.Context(), s.Store, storagehistory.Partition(a.Item.DFID))
	if err != nil {
		return nil, err
	}
	for i := range h.Records {
		reply.Locations = append(reply.Locations, h.Records[i].Location)
	}
	reply.DFID, reply.Count = a.Item.DFID, len(reply.Locations)
	return reply, nil
}
