package items

import (
	"encoding/json"
	"slices"

	"tracedge/core/abreast"
	"tracedge/core/accounts"
	"tracedge/core/fault"
	"tracedge/core/listing"
	"tracedge/core/locals"
	"tracedge/core/web"
)

type pageQuery struct{ web.Page }

type sharedToReply struct {
	ID          string           `json:"share_id"`
	Item        listing.Response `json:"item"`
	By          string           `json:"shared_by"`
	At          web.Secs         `json:"shared_at"`
	Permissions []string         `json:"permissions" opt:"true"`
}

// sharedTo is I19: what is shared with the caller, newest share first. One call for the page of shares, and one for each
// item, side by side: a share counts only as long as its item says so.
func (s *Service) sharedTo(c *web.Call) (any, error) {
	caller := c.Caller().UserID
	if c.Path("user_id") != caller {
		return nil, fault.Forbidden("Only the recipient may list its shares")
	}
	q := web.Query[pageQuery](c)
	after, err := position(q.Page)
	if err != nil || q.Limit == 0 {
		return []sharedToReply{}, err
	}
	p := accounts.Partition(caller)
	span := listing.Newest(receivedPrefix(p), after, q.Limit)
	page, err := s.store.Scan(c.Context(), "shares_list_received", p, span.Prefix, span.Page)
	if err != nil {
		return nil, err
	}
	shares := make([]Share, len(page.Records))
	for n, r := range page.Records {
		var v received
		if err := r.Decode(&v); err != nil {
			return nil, err
		}
		shares[n] = v.Share
	}
	if page.Next != "" {
		if _, err := c.Next(shares[len(shares)-1].place()); err != nil {
			return nil, err
		}
	}
	dfids := make([]string, len(shares))
	for n, v := range shares {
		dfids[n] = v.DFID
	}
	items, err := s.visible(c, dfids)
	if err != nil {
		return nil, err
	}
	out := []sharedToReply{}
	for n, v := range shares {
		if items[n] != nil {
			out = append(out, sharedToReply{v.ID, *items[n], v.By, web.Secs(v.At), v.Permissions})
		}
	}
	return out, nil
}

// visible reads items and local items side by side as the caller sees them; nil for one that it does not see.
func (s *Service) visible(c *web.Call, dfids []string) ([]*listing.Response, error) {
	out := make([]*listing.Response, len(dfids))
	err := abreast.Each(len(dfids), func(n int) (err error) {
		out[n], err = s.show(c, dfids[n])
		return err
	})
	return out, err
}

func (s *Service) show(c *web.Call, dfid string) (*listing.Response, error) {
	if lid, ok := locals.LID(dfid); ok {
		l, mapped, err := s.resolveLocal(c.Context(), lid, c.Caller().UserID)
		switch f := fault.From(err); {
		case f != nil && f.Kind == fault.Missing:
			return nil, nil
		case err != nil:
			return nil, err
		case mapped == "":
			r := l.Response()
			return &r, nil
		}
		dfid = mapped
	}
	a, err := s.Access(c.Context(), dfid, c.Caller().UserID)
	if err != nil || !a.See {
		return nil, err
	}
	r := a.Item.Response()
	return &r, nil
}

// byIdentifier is I21: what the caller owns, and what is shared with it, that has an identifier. One call for the places
// in both indexes, one for the rows of its own, and one for each item of others, side by side.
func (s *Service) byIdentifier(c *web.Call) (any, error) {
	q := web.Query[pageQuery](c)
	after, err := position(q.Page)
	if err != nil || q.Limit == 0 {
		return []json.RawMessage{}, err
	}
	ctx, caller := c.Context(), c.Caller().UserID
	pair := listing.ByPair(c.Path("key"), c.Path("value"))
	places, next, err := s.lists.Places(ctx, caller, listing.Filter{Index: pair}, after, q.Limit, receivedIndexPrefix(accounts.Partition(caller), pair))
	if err != nil {
		return nil, err
	}
	own, err := s.lists.Rows(ctx, caller, places)
	if err != nil {
		return nil, err
	}
	var others []string
	for _, at := range places {
		if _, ok := own[at]; !ok {
			others = append(others, at.ID())
		}
	}
	seen, err := s.visible(c, others)
	if err != nil {
		return nil, err
	}
	var list []entry
	for _, at := range places {
		row, ok := own[at]
		if ok && slices.Contains(row.Index, pair) {
			list = append(list, entry{at, row.Copy})
		}
		if ok {
			continue
		}
		r := seen[0]
		seen = seen[1:]
		if r == nil || !has(r, c.Path("key"), c.Path("value")) {
			continue
		}
		doc, err := json.Marshal(r)
		if err != nil {
			return nil, err
		}
		list = append(list, entry{at, doc})
	}
	return s.page(c, list, next)
}

// has tells whether an identifier of the item has this key and value.
func has(r *listing.Response, key, value string) bool {
	for _, i := range r.Identifiers {
		if i.Key == key && i.Value == value {
			return true
		}
	}
	return false
}
