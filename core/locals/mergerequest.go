package locals

import (
	"slices"

	"tracedge/core/fault"
	"tracedge/core/web"
)

type mergeRequest struct {
	Master   string   `json:"master_lid"`
	Lids     []string `json:"merge_lids"`
	Strategy *string  `json:"merge_strategy"`
}

// merging is what a request wants to merge: all of one caller.
type merging struct {
	owner    string
	master   string
	lids     []string // in the order in which they are merged, each once, none the master
	strategy Strategy
}

// read checks the request by itself, in the order of the contract. Errors: 400.
func (r *mergeRequest) read(owner string) (merging, error) {
	m := merging{owner: owner}
	var ok bool
	if m.master, ok = web.ParseUUID(r.Master); !ok {
		return m, fault.BadRequest("master_lid", "Not a UUID")
	}
	for n, text := range r.Lids {
		lid, ok := web.ParseUUID(text)
		if !ok {
			return m, fault.BadRequest(lidField(n), "Not a UUID")
		}
		m.lids = append(m.lids, lid)
	}
	if len(m.lids) == 0 {
		return m, fault.BadRequest("merge_lids", "Nothing to merge")
	}
	var err error
	if m.strategy, err = readStrategy(r.Strategy); err != nil {
		return m, err
	}
	if n := slices.Index(m.lids, m.master); n >= 0 {
		return m, fault.BadRequest(lidField(n), "The master cannot be merged into itself")
	}
	for n, lid := range m.lids {
		if slices.Contains(m.lids[:n], lid) {
			return m, fault.BadRequest(lidField(n), "Given twice")
		}
	}
	return m, nil
}

func readStrategy(text *string) (Strategy, error) {
	if text == nil {
		return Append, nil
	}
	if !slices.Contains(Strategies(), Strategy(*text)) {
		return "", fault.BadRequest("merge_strategy", "Unknown value").With("provided", *text).With("allowed", Strategies())
	}
	return Strategy(*text), nil
}

// mayReceive tells whether a local item can be the master of a merge. Errors: 404, 403, 400.
func (m merging) mayReceive(a Access) error {
	const field = "master_lid"
	switch {
	case a.Item == nil:
		return NotFound().With("field", field)
	case !a.Owns:
		return notOwner()
	case a.Tokenised():
		return fault.BadRequest(field, "The local item has become an item")
	case a.Status != Active:
		return fault.BadRequest(field, "The local item is not active")
	}
	return nil
}

// mayMerge tells whether the n-th local item can be merged into another one. Errors: 404, 403, 400.
func (m merging) mayMerge(n int, a Access) error {
	field := lidField(n)
	switch {
	case a.Item == nil:
		return NotFound().With("field", field)
	case !a.Owns:
		return notOwner()
	case a.Tokenised():
		return fault.BadRequest(field, "The local item has become an item")
	case a.Status == MergedInto:
		return fault.BadRequest(field, "The local item has been merged already")
	case a.Status != Active:
		return fault.BadRequest(field, "The local item is not active")
	}
	return nil
}

func lidField(n int) string { return place("merge_lids", n) }
