package items

import (
	"encoding/json"
	"strings"

	"tracedge/core/fault"
	"tracedge/core/listing"
	"tracedge/core/web"
)

type listQuery struct {
	web.Page
	Key    *string       `query:"identifier_key"`
	Value  *string       `query:"identifier_value"`
	Status *statusFilter `query:"status"`
}

// statusFilter is a status as lists are asked for it, in any case.
type statusFilter listing.Status

// Allowed are the values.
func (statusFilter) Allowed() []string { return []string{"active", "deprecated", "merged", "split"} }

// UnmarshalText reads one.
func (f *statusFilter) UnmarshalText(text []byte) error {
	name := strings.ToLower(string(text))
	for n, s := range []listing.Status{listing.Active, listing.Deprecated, listing.Merged, listing.Split} {
		if name == f.Allowed()[n] {
			*f = statusFilter(s)
			return nil
		}
	}
	return fault.BadRequest("", "Unknown value").With("provided", string(text)).With("allowed", f.Allowed())
}

// filter is what a query asks for. A value without a key has no effect.
func (q *listQuery) filter() (f listing.Filter) {
	if q.Status != nil {
		f.Status = listing.Status(*q.Status)
	}
	switch {
	case q.Key != nil && q.Value != nil:
		f.Index = listing.ByPair(*q.Key, *q.Value)
	case q.Key != nil:
		f.Index = listing.ByKey(*q.Key)
	}
	return f
}

// list is I3 and I4: items and local items of the caller, newest first. One call, or two with a filter, and one for each
// item that is too large for its copy.
func (s *Service) list(c *web.Call) (any, error) {
	q := web.Query[listQuery](c)
	after, err := position(q.Page)
	if err != nil || q.Limit == 0 {
		return []json.RawMessage{}, err
	}
	rows, next, err := s.lists.Page(c.Context(), c.Caller().UserID, q.filter(), after, q.Limit)
	if err != nil {
		return nil, err
	}
	return s.page(c, entries(rows), next)
}

// position is where a page begins: that of the last row before it.
func position(p web.Page) (at listing.Position, err error) {
	resumed, err := p.Resume(&at)
	if err == nil && resumed && !at.Valid() {
		err = fault.BadRequest("cursor", "The cursor is not usable here")
	}
	return at, err
}

// maxPage is the size in bytes after which a page ends: many large items make a shorter one.
const maxPage = 4 << 20

// entry is a place in a list with what stands there.
type entry struct {
	at   listing.Position
	copy json.RawMessage // nil for an item that is too large for its copy
}

func entries(rows []listing.Row) []entry {
	out := make([]entry, len(rows))
	for n, r := range rows {
		out[n] = entry{r.Position(), r.Copy}
	}
	return out
}

// page turns entries into what a list shows. Where one has no copy the item is read, and when the page has become too
// large it ends there.
func (s *Service) page(c *web.Call, list []entry, next listing.Position) (any, error) {
	out, size := []json.RawMessage{}, 0
	for n, e := range list {
		if e.copy == nil {
			var err error
			if e.copy, err = s.full(c, e.at.ID()); err != nil {
				return nil, err
			}
		}
		if e.copy != nil {
			out = append(out, e.copy)
		}
		if size += len(e.copy); size > maxPage && n < len(list)-1 {
			next = e.at
			break
		}
	}
	if next != "" {
		if _, err := c.Next(next); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// full reads what a row was too large for; nil when it is gone.
func (s *Service) full(c *web.Call, dfid string) (json.RawMessage, error) {
	r, err := s.show(c, dfid)
	if err != nil || r == nil {
		return nil, err
	}
	return json.Marshal(r)
}

type statsReply struct {
	Total      int64   `json:"total_items"`
	Active     int64   `json:"active_items"`
	Merged     int64   `json:"merged_items"`
	Split      int64   `json:"split_items"`
	Archived   int64   `json:"archived_items"`
	Confidence float64 `json:"average_confidence"`
}

// stats is I20. One call.
func (s *Service) stats(c *web.Call) (any, error) {
	sums, err := s.lists.Sum(c.Context(), c.Caller().UserID)
	if err != nil {
		return nil, err
	}
	r := statsReply{
		Active: sums.Count[listing.Active], Merged: sums.Count[listing.Merged], Split: sums.Count[listing.Split],
		Archived: sums.Count[listing.Deprecated], Confidence: sums.Confidence,
	}
	r.Total = r.Active + r.Merged + r.Split + r.Archived
	return r, nil
}
