package circuits

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tracedge/core/circuits/roles"
	"tracedge/core/order"
	"tracedge/core/storage"
)

// state is all of a circuit that is shown of it, as rows of one moment. An update changes it along with the rows, so that
// the reply shows what the commit has made.
type state struct {
	head      Head
	settings  *Settings
	members   []Member    // the owner first, then by joining
	roles     []Role      // Owner, Member, then by creation
	requests  []Request   // pending, oldest first
	published []Published // oldest first
	changed   time.Time
}

// stateKeys and stateRanges are what load reads.
func stateKeys(p storage.Partition) []storage.Key {
	return []storage.Key{headKey(p), settingsKey(p)}
}

func stateRanges(p storage.Partition) []storage.Key {
	return []storage.Key{members(p), customs(p), requests(p), published(p), tallies(p)}
}

// load reads the state from a view, or from what an update has observed; rows gives the records of a range.
func load[R Rows](one R, rows func(storage.Key) []storage.Record, p storage.Partition) (*state, error) {
	st := &state{}
	ok, err := one.Get(headKey(p), &st.head)
	if !ok || err != nil {
		return nil, err
	}
	var s Settings
	if ok, err := one.Get(settingsKey(p), &s); err != nil {
		return nil, err
	} else if ok {
		st.settings = &s
	}
	if st.members, err = decoded[Member](one, rows(members(p))); err != nil {
		return nil, err
	}
	if st.roles, err = decoded[Role](one, rows(customs(p))); err != nil {
		return nil, err
	}
	if st.requests, err = decoded[Request](one, rows(requests(p))); err != nil {
		return nil, err
	}
	if st.published, err = decoded[Published](one, rows(published(p))); err != nil {
		return nil, err
	}
	st.changed, err = lastChange(one, rows(tallies(p)), p)
	st.sort()
	return st, err
}

// decoded is the records of a range.
func decoded[T any, R Rows](from R, records []storage.Record) ([]T, error) {
	out := make([]T, len(records))
	for i, r := range records {
		if err := from.Decode(r, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func lastChange[R Rows](from R, records []storage.Record, p storage.Partition) (time.Time, error) {
	var c changed
	for _, r := range records {
		if r.Key == tallyKey(p, tallyChanged) {
			err := from.Decode(r, &c)
			return c.At, err
		}
	}
	return c.At, nil
}

func (st *state) sort() {
	order.By(st.members, func(a, b Member) int {
		return cmp.Or(first(b.ID == st.head.OwnerID, a.ID == st.head.OwnerID), a.JoinedAt.Compare(b.JoinedAt), strings.Compare(a.ID, b.ID))
	})
	order.By(st.roles, compareRoles)
	order.By(st.requests, func(a, b Request) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.RequesterID, b.RequesterID))
	})
	order.By(st.published, oldestFirst)
}

func compareRoles(a, b Role) int {
	return cmp.Or(rank(a)-rank(b), a.CreatedAt.Compare(b.CreatedAt), strings.Compare(a.Name, b.Name))
}

func oldestFirst(a, b Published) int {
	return cmp.Or(a.At.Compare(b.At), strings.Compare(a.DFID, b.DFID))
}

// first orders what holds before what does not.
func first(b, a bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	default:
		return 1
	}
}

// rank puts the two default roles before the custom ones.
func rank(r Role) int {
	switch {
	case r.Default && r.Name == string(roles.Owner):
		return 0
	case r.Default:
		return 1
	default:
		return 2
	}
}

// member returns the place of a user's row, -1 for none.
func (st *state) member(userID string) int {
	return slices.IndexFunc(st.members, func(m Member) bool { return m.ID == userID })
}

// role returns the role of a name, nil for none.
func (st *state) role(name string) *Role {
	for i := range st.roles {
		if st.roles[i].Name == name {
			return &st.roles[i]
		}
	}
	return nil
}

// permissions are the effective ones of a member.
func (st *state) permissions(m Member) roles.Set {
	switch {
	case m.ID == st.head.OwnerID:
		return roles.All
	case m.Custom == "":
		return m.Role.Permissions()
	}
	if r := st.role(m.Custom); r != nil {
		return r.Permissions
	}
	return 0
}

// having counts the members whose effective role is this one.
func (st *state) having(r Role) int {
	n := 0
	for _, m := range st.members {
		if r.Default && m.Custom == "" && string(m.Role) == r.Name || !r.Default && m.Custom == r.Name {
			n++
		}
	}
	return n
}

// put replaces the row that the test finds, or adds it.
func put[T any](list []T, row T, same func(T) bool) []T {
	if i := slices.IndexFunc(list, same); i >= 0 {
		list[i] = row
		return list
	}
	return append(list, row)
}

func (st *state) putMember(m Member) {
	st.members = put(st.members, m, func(x Member) bool { return x.ID == m.ID })
}

func (st *state) dropRequest(userID string) {
	st.requests = slices.DeleteFunc(st.requests, func(r Request) bool { return r.RequesterID == userID })
}
