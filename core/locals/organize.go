package locals

import (
	"context"
	"errors"
	"slices"
	"strings"

	"tracedge/core/fault"
	"tracedge/core/listing"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type organizeRequest struct {
	Action    string  `json:"action"`
	DryRun    *bool   `json:"dry_run"`
	Strategy  *string `json:"merge_strategy"`
	Namespace *string `json:"namespace"`
}

// The actions.
const (
	deduplicate = "deduplicate" // group by group
	mergeAll    = "merge_all"   // groups that are connected through any of their members are one
)

type organizeReply struct {
	Success    bool            `json:"success"`
	Operations []operation     `json:"operations"`
	Summary    organizeSummary `json:"summary"`
	DryRun     bool            `json:"dry_run"`
	Remaining  int             `json:"remaining_groups"`
}

type operation struct {
	Master string   `json:"master_lid"`
	Lids   []string `json:"merged_lids"`
	Status string   `json:"status"` // success, error or would_merge
	Reason *string  `json:"reason"`
}

type organizeSummary struct {
	Before    int `json:"items_before"`
	After     int `json:"items_after"`
	Merged    int `json:"merged_count"`
	Processed int `json:"groups_processed"`
}

// maxOperations is how many groups one call merges.
const maxOperations = 200

// organize merges the caller's duplicates, each group by an operation of its own, as mergeAs does. A crash between two
// groups leaves whole groups done; a repeat goes on with the rest, since what is merged forms no groups any more. A dry
// run writes nothing.
//
// It reads where the members of all groups stand: a call of the sequencer for each thousand groups and one for each fifty,
// and nothing of what the members say.
func (s *Service) organize(c *web.Call) (any, error) {
	req, err := web.Body[organizeRequest](c)
	if err != nil {
		return nil, err
	}
	if req.Action != deduplicate && req.Action != mergeAll {
		return nil, fault.BadRequest("action", "Unknown value").With("provided", req.Action).With("allowed", []string{deduplicate, mergeAll})
	}
	strategy, err := readStrategy(req.Strategy)
	if err != nil {
		return nil, err
	}
	groups, err := s.groups(c.Context(), c.Caller().UserID, req.Namespace)
	if err != nil {
		return nil, err
	}
	reply := organizeReply{Success: true, Operations: []operation{}, DryRun: req.DryRun != nil && *req.DryRun}
	reply.Summary.Before = distinct(groups)
	if req.Action == mergeAll {
		groups = connected(groups)
	}
	gone := make(map[string]bool) // merged in this run
	for _, places := range groups {
		group := slices.DeleteFunc(lids(places), func(lid string) bool { return gone[lid] })
		switch {
		case len(group) < 2:
			continue
		case len(reply.Operations) == maxOperations:
			reply.Remaining++
			continue
		}
		o := s.organizeGroup(c, group, strategy, reply.DryRun)
		reply.Operations = append(reply.Operations, o)
		if o.Status != failed {
			for _, lid := range o.Lids {
				gone[lid] = true
			}
		}
	}
	for _, o := range reply.Operations {
		if o.Status != failed {
			reply.Summary.Merged += len(o.Lids)
		}
	}
	reply.Summary.Processed = len(reply.Operations)
	reply.Summary.After = reply.Summary.Before
	if !reply.DryRun {
		reply.Summary.After -= reply.Summary.Merged
	}
	return reply, nil
}

// The statuses of an operation.
const (
	succeeded  = "success"
	failed     = "error"
	wouldMerge = "would_merge"
)

// organizeGroup merges the members of a group into the oldest. What keeps it from being done is in its reason.
func (s *Service) organizeGroup(c *web.Call, group []string, strategy Strategy, dry bool) operation {
	o := operation{Master: group[0], Lids: group[1:], Status: succeeded}
	if dry {
		return o.with(wouldMerge, "Nothing was written: it was a dry run")
	}
	m := merging{c.Caller().UserID, o.Master, o.Lids, strategy}
	err := storage.ErrFenced
	for range 2 { // an operation that was too slow is no more; another one may be faster
		if id := c.NewID(); errors.Is(err, storage.ErrFenced) {
			_, err = s.mergeAs(c, m, id, id, false)
		}
	}
	if err != nil {
		return o.with(failed, fault.From(err).Message)
	}
	return o
}

func (o operation) with(status, reason string) operation {
	o.Status, o.Reason = status, &reason
	return o
}

// groups are where the members of all groups stand, in the order of the groups, oldest first in each; with a namespace
// only of groups of its identifiers.
func (s *Service) groups(ctx context.Context, userID string, namespace *string) ([][]listing.Position, error) {
	const most = 999
	var out [][]listing.Position
	for after, more := "", true; more; {
		var some []listing.Twin
		var err error
		if some, more, _, err = s.lists.Groups(ctx, userID, after, most); err != nil {
			return nil, err
		}
		if len(some) == 0 {
			break
		}
		after = some[len(some)-1].Order
		if namespace != nil {
			some = slices.DeleteFunc(some, func(t listing.Twin) bool { return t.Namespace != *namespace })
		}
		members, err := s.lists.Members(ctx, userID, some)
		if err != nil {
			return nil, err
		}
		out = append(out, members...)
	}
	return out, nil
}

func lids(places []listing.Position) []string {
	out := make([]string, len(places))
	for n, at := range places {
		out[n] = strings.TrimPrefix(at.ID(), prefix)
	}
	return out
}

// distinct counts the members of groups, each once.
func distinct(groups [][]listing.Position) int {
	seen := make(map[listing.Position]bool)
	for _, g := range groups {
		for _, at := range g {
			seen[at] = true
		}
	}
	return len(seen)
}

// connected joins groups that have members in common, directly or through others. A joined group stands where the first
// of its groups stood.
func connected(groups [][]listing.Position) [][]listing.Position {
	in := make(map[listing.Position]int) // the group that a member was first seen in
	root := make([]int, len(groups))
	find := func(n int) int {
		for root[n] != n {
			root[n] = root[root[n]]
			n = root[n]
		}
		return n
	}
	for n, g := range groups {
		root[n] = n
		for _, at := range g {
			if m, seen := in[at]; seen {
				a, b := find(m), find(n)
				root[max(a, b)] = min(a, b) // the first group leads
			} else {
				in[at] = n
			}
		}
	}
	joined := make([][]listing.Position, len(groups))
	for n, g := range groups {
		r := find(n)
		joined[r] = append(joined[r], g...)
	}
	var out [][]listing.Position
	for _, g := range joined {
		if len(g) > 0 {
			slices.Sort(g)
			out = append(out, slices.Compact(g))
		}
	}
	return out
}
