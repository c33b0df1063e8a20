package locals

import (
	"context"
	"encoding/json"
	"slices"

	"tracedge/core/canon"
	"tracedge/core/listing"
	"tracedge/core/web"
)

type duplicatesQuery struct {
	web.Page
}

type duplicatesReply struct {
	Success bool              `json:"success"`
	Groups  []duplicateGroup  `json:"duplicate_groups"`
	Summary duplicatesSummary `json:"summary"`
	Next    *string           `json:"next_cursor"`
}

type duplicateGroup struct {
	Key       string          `json:"identifier_key"` // namespace:key
	Value     string          `json:"identifier_value"`
	Items     []duplicateItem `json:"items"` // oldest first
	Master    string          `json:"suggested_master_lid"`
	Conflicts []string        `json:"conflicts"`
}

type duplicateItem struct {
	LID         string         `json:"local_id"`
	DFID        string         `json:"dfid"`
	Created     web.TimeOffset `json:"created"`
	Data        canon.Object   `json:"enriched_data"`
	Identifiers int            `json:"identifiers_count"`
}

type duplicatesSummary struct {
	Items  int64 `json:"total_items"`
	Groups int64 `json:"duplicate_groups"`
	Twins  int64 `json:"items_in_duplicates"`
}

// duplicates is a page of the groups that the owner's list keeps: three calls of the sequencer, for the groups with the
// sums, where their members stand, and the members. Members too large for the list are read where they are.
func (s *Service) duplicates(c *web.Call) (any, error) {
	q := web.Query[duplicatesQuery](c)
	var after string
	if _, err := q.Resume(&after); err != nil {
		return nil, err
	}
	ctx, userID := c.Context(), c.Caller().UserID
	groups, more, sums, err := s.lists.Groups(ctx, userID, after, q.Limit)
	if err != nil {
		return nil, err
	}
	reply := duplicatesReply{
		Success: true, Groups: make([]duplicateGroup, 0, len(groups)),
		Summary: duplicatesSummary{sums.Items, sums.Groups, sums.Twins},
	}
	members, err := s.lists.Members(ctx, userID, groups)
	if err != nil {
		return nil, err
	}
	items, err := s.members(ctx, userID, members)
	if err != nil {
		return nil, err
	}
	for n, g := range groups {
		if group, ok := describe(g, members[n], items); ok {
			reply.Groups = append(reply.Groups, group)
		}
	}
	if more && len(groups) > 0 {
		if reply.Next, err = c.Next(groups[len(groups)-1].Order); err != nil {
			return nil, err
		}
	}
	return reply, nil
}

// members reads the members of groups, each once.
func (s *Service) members(ctx context.Context, userID string, groups [][]listing.Position) (map[listing.Position]duplicateItem, error) {
	places := slices.Concat(groups...)
	slices.Sort(places)
	rows, err := s.lists.Rows(ctx, userID, slices.Compact(places))
	if err != nil {
		return nil, err
	}
	out := make(map[listing.Position]duplicateItem, len(rows))
	var large []string
	for at, r := range rows {
		lid, _ := LID(r.ID)
		if r.Copy == nil {
			large = append(large, lid)
			continue
		}
		var shown listing.Response
		if err := json.Unmarshal(r.Copy, &shown); err != nil {
			return nil, err
		}
		out[at] = duplicateItem{lid, r.ID, web.TimeOffset(r.Created), shown.Data, len(shown.Identifiers)}
	}
	read, err := s.all(ctx, large, userID)
	if err != nil {
		return nil, err
	}
	for _, a := range read {
		if i := a.Item; i != nil {
			at := listing.PositionOf(i.Created, DFID(i.LID))
			out[at] = duplicateItem{i.LID, DFID(i.LID), web.TimeOffset(i.Created), i.Data, len(i.Identifiers)}
		}
	}
	return out, nil
}

// describe makes a group of those members that are there. It reports false when there are less than two: the list moved
// between the calls.
func describe(g listing.Twin, members []listing.Position, items map[listing.Position]duplicateItem) (duplicateGroup, bool) {
	out := duplicateGroup{Key: g.Namespace + ":" + g.Key, Value: g.Value, Conflicts: []string{}}
	for _, at := range members {
		if i, ok := items[at]; ok {
			out.Items = append(out.Items, i)
		}
	}
	if len(out.Items) < 2 {
		return out, false
	}
	first := out.Items[0]
	out.Master = first.LID
	for name, value := range first.Data.All() {
		differs := slices.ContainsFunc(out.Items[1:], func(i duplicateItem) bool {
			other, has := i.Data.Get(name)
			return has && other != value
		})
		if differs {
			out.Conflicts = append(out.Conflicts, name)
		}
	}
	return out, true
}
