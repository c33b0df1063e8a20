package items

import (
	"slices"
	"strings"

	"tracedge/core/accounts"
	"tracedge/core/fault"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type pendingQuery struct {
	web.Page
	Reason   *string `query:"reason"` // part of the name of a reason
	Priority *int    `query:"priority_min"`
}

// listPending is the page of pending items: highest priority first, then newest. Two calls: the places in the index of
// each reason that is asked for, then the items.
func (s *Service) listPending(c *web.Call) (any, error) {
	q := web.Query[pendingQuery](c)
	var after string
	if resumed, err := q.Resume(&after); err != nil {
		return nil, err
	} else if resumed && !pendingPosition(after) {
		return nil, fault.BadRequest("cursor", "The cursor is not usable here")
	}
	out := []pendingResponse{}
	if q.Limit == 0 {
		return out, nil
	}
	p := accounts.Partition(c.Caller().UserID)
	places, err := s.pendingPlaces(c, p, q, after)
	if err != nil || len(places) == 0 {
		return out, err
	}
	if len(places) > q.Limit {
		places = places[:q.Limit]
		if _, err := c.Next(places[q.Limit-1]); err != nil {
			return nil, err
		}
	}
	keys := make([]storage.Key, len(places))
	for n, at := range places {
		keys[n] = pendingKey(p, at[len(at)-36:])
	}
	found, err := s.store.Read(c.Context(), "pending_load_items", p, keys...)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		var v Pending
		if ok, err := found.Get(k, &v); err != nil {
			return nil, err
		} else if ok { // otherwise it was decided meanwhile
			out = append(out, v.response())
		}
	}
	return out, nil
}

// pendingPlaces are the positions of a page, one more if there are more.
func (s *Service) pendingPlaces(c *web.Call, p storage.Partition, q *pendingQuery, after string) ([]string, error) {
	var spans []storage.Span
	for _, name := range reasonNames() {
		if q.Reason != nil && !strings.Contains(name, *q.Reason) {
			continue
		}
		span := storage.Span{Prefix: pendingPrefix(p, name), Page: storage.Page{Limit: q.Limit + 1, Reverse: true}}
		if after != "" {
			span.After = span.Prefix + storage.Key(after)
		}
		spans = append(spans, span)
	}
	if len(spans) == 0 {
		return nil, nil
	}
	_, pages, err := s.store.Look(c.Context(), "pending_list_items", p, nil, spans...)
	if err != nil {
		return nil, err
	}
	var places []string
	for n, page := range pages {
		for _, r := range page.Records {
			places = append(places, strings.TrimPrefix(string(r.Key), string(spans[n].Prefix)))
		}
	}
	slices.SortFunc(places, func(a, b string) int { return strings.Compare(b, a) })
	places = places[:min(len(places), q.Limit+1)]
	if q.Priority != nil {
		places = slices.DeleteFunc(places, func(at string) bool { return int(at[0]-'0') < *q.Priority })
	}
	return places, nil
}

// pendingPosition tells whether a text, which may come from a client, is a position.
func pendingPosition(text string) bool {
	return len(text) == 1+16+1+36 && text[0] >= '1' && text[0] <= '4' && storage.IsTimeID(text[1:])
}
