package items

import (
	"tracedge/core/fault"
	"tracedge/core/storage"
	"tracedge/core/storagehistory"
	"tracedge/core/web"
)

type historyReply struct {
	Success bool                        `json:"success"`
	DFID    string                      `json:"dfid"`
	Records []recordReply               `json:"records"`
	Pending []storagehistory.UploadView `json:"pending"`
	Next    *string                     `json:"next_cursor"`
}

// recordReply is a StorageRecordResponse. The members that may be null are those of the record's metadata.
type recordReply struct {
	Type        string         `json:"adapter_type"`
	Network     any            `json:"network"`
	MintTx      any            `json:"nft_mint_tx"`
	UpdateTx    any            `json:"ipcm_update_tx"`
	CID         any            `json:"ipfs_cid"`
	Pinned      any            `json:"ipfs_pinned"`
	Contract    any            `json:"nft_contract"`
	Location    string         `json:"storage_location"`
	StoredAt    web.TimeOffset `json:"stored_at"`
	TriggeredBy string         `json:"triggered_by"`
	Active      bool           `json:"is_active"`
}

// maxUploads bounds the uploads of an item that are shown as pending.
const maxUploads = 200

// history is I25: where an item's content is stored, newest first, and on the first page what is still to be uploaded. A
// local item is stored nowhere.
func (s *Service) history(c *web.Call) (any, error) {
	return s.either(c, func(local) (any, error) {
		return historyReply{Success: true, DFID: c.Path("dfid"), Records: []recordReply{}, Pending: []storagehistory.UploadView{}}, nil
	}, func(dfid string) (any, error) {
		if _, err := s.seen(c, dfid); err != nil {
			return nil, err
		}
		return s.historyOf(c, dfid)
	})
}

func (s *Service) historyOf(c *web.Call, dfid string) (any, error) {
	q := web.Query[pageQuery](c)
	reply := historyReply{Success: true, DFID: dfid, Records: []recordReply{}, Pending: []storagehistory.UploadView{}}
	p := storagehistory.Partition(dfid)
	records := storage.Span{Prefix: storagehistory.RecordPrefix(p), Page: storage.Page{Limit: max(q.Limit, 1), Reverse: true}}
	var after string
	resumed, err := q.Resume(&after)
	switch {
	case err != nil:
		return nil, err
	case resumed && !storage.IsTimeID(after):
		return nil, fault.BadRequest("cursor", "The cursor is not usable here")
	case resumed:
		records.After = records.Prefix + storage.Key(after)
	}
	uploads := storage.Span{Prefix: storagehistory.PendingPrefix(p), Page: storage.Page{Limit: maxUploads}}
	_, pages, err := s.store.Look(c.Context(), "items_list_storage", p, nil, records, uploads)
	if err != nil {
		return nil, err
	}
	if err := reply.fill(pages[0], pages[1], q.Limit > 0); err != nil {
		return nil, err
	}
	if q.Limit > 0 && pages[0].Next != "" {
		reply.Next, err = c.Next(string(pages[0].Next[len(records.Prefix):]))
	}
	return reply, err
}

func (r *historyReply) fill(records, uploads storage.Listing, shown bool) error {
	for _, rec := range records.Records {
		var v storagehistory.Record
		if err := rec.Decode(&v); err != nil {
			return err
		}
		if shown {
			r.Records = append(r.Records, recordOf(v))
		}
	}
	for _, rec := range uploads.Records {
		var u storagehistory.Upload
		if err := rec.Decode(&u); err != nil {
			return err
		}
		r.Pending = append(r.Pending, u.View())
	}
	return nil
}

func recordOf(v storagehistory.Record) recordReply {
	m := v.Metadata
	return recordReply{
		string(v.Type), m["network"], m["nft_mint_tx"], m["ipcm_update_tx"], m["ipfs_cid"], m["ipfs_pinned"], m["nft_contract"],
		v.Location.String(), web.TimeOffset(v.StoredAt), string(v.TriggeredBy), v.Active,
	}
}
