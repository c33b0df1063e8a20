package accounts

import (
	"strings"

	"tracedge/core/storage"
)

// Filter selects accounts of a list. What is nil or "" selects all.
type Filter struct {
	Username, Email string // in the form of Fold: somewhere in the name
	Tier            *Tier
	Status          *Status
	Admin           *bool
}

func (f Filter) matches(e entry) bool {
	return (f.Tier == nil || *f.Tier == e.Tier) && (f.Status == nil || *f.Status == e.Status) &&
		(f.Admin == nil || *f.Admin == e.Admin) &&
		(f.Username == "" || strings.Contains(Fold(e.Username), f.Username)) &&
		(f.Email == "" || strings.Contains(Fold(e.Email), f.Email))
}

// all reports whether the filter selects every account.
func (f Filter) all() bool { return f == Filter{} }

// numbers are the numbers of a shard that make up how many accounts the filter selects there, each with its sign; false
// when none do.
func (f Filter) numbers(p storage.Partition) (map[storage.Key]int64, bool) {
	total, admins := countKey(p, totalCount), countKey(p, adminCount)
	switch {
	case f.all():
		return map[storage.Key]int64{total: 1}, true
	case f.Tier != nil && f == Filter{Tier: f.Tier}:
		return map[storage.Key]int64{countKey(p, tierCount, string(*f.Tier)): 1}, true
	case f.Status != nil && f == Filter{Status: f.Status}:
		return map[storage.Key]int64{countKey(p, statusCount, string(*f.Status)): 1}, true
	case f.Admin != nil && f == Filter{Admin: f.Admin} && *f.Admin:
		return map[storage.Key]int64{admins: 1}, true
	case f.Admin != nil && f == Filter{Admin: f.Admin}:
		return map[storage.Key]int64{total: 1, admins: -1}, true
	default:
		return nil, false
	}
}
