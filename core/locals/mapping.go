package locals

import (
	"tracedge/core/web"
)

// MappingStatus says whether a local item has become an item.
type MappingStatus string

// The statuses.
const (
	LocalOnly MappingStatus = "LocalOnly"
	Tokenized MappingStatus = "Tokenized"
)

type mappingReply struct {
	Success bool    `json:"success"`
	Data    mapping `json:"data"`
}

type mapping struct {
	LID    string        `json:"local_id"` // as the path has it
	DFID   *string       `json:"dfid"`
	Status MappingStatus `json:"status"`
}

// mapping tells what has become of a local item, to whoever sees it or the item that it has become.
func (s *Service) mapping(c *web.Call) (any, error) {
	const name = "local_id"
	lid, err := c.PathUUID(name)
	if err != nil {
		return nil, err
	}
	dfid, err := s.Mapped(c.Context(), lid, c.Caller().UserID)
	if err != nil {
		return nil, err
	}
	reply := mappingReply{true, mapping{LID: c.Path(name), Status: LocalOnly}}
	if dfid != "" {
		reply.Data.DFID, reply.Data.Status = &dfid, Tokenized
	}
	return reply, nil
}
