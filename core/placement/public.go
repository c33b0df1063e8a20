package placement

import (
	"tracedge/core/fault"
	"tracedge/core/storagehistory"
	"tracedge/core/web"
)

type publicReply struct {
	Success bool  `json:"success"`
	Data    shown `json:"data"`
}

// maxAsked bounds the circuits that one public request looks at: those of the newest records. The others stay unnamed.
const maxAsked = 16

// public is SH6: it names no user, and of the circuits only those that are open themselves. What is public is decided by
// the circuits as they are now.
func (s *Service) public(c *web.Call) (any, error) {
	dfid := c.Path("dfid")
	shown, err := s.Circuits.Published(c.Context(), dfid)
	switch {
	case err != nil:
		return nil, err
	case !shown:
		return nil, fault.NotFound("The item is not public").With("code", "ITEM_NOT_PUBLIC")
	}
	h, err := storagehistory.Load(c.Context(), s.Store, storagehistory.Partition(dfid))
	switch {
	case err != nil:
		return nil, err
	case h.Head == nil:
		return nil, storagehistory.NoRecord()
	}
	data := show(dfid, &h)
	asked := h.Circuits()
	open, err := s.Circuits.Opened(c.Context(), asked[:min(len(asked), maxAsked)])
	if err != nil {
		return nil, err
	}
	for i := range data.Records {
		r := &data.Records[i]
		r.UserID = ""
		if r.CircuitID != nil && !open[*r.CircuitID] {
			r.CircuitID = nil
		}
	}
	return publicReply{true, data}, nil
}
