package circuititems

import (
	"errors"
	"strings"

	"tracedge/core/canon"
	"tracedge/core/circuits"
	"tracedge/core/circuits/roles"
	"tracedge/core/events"
	"tracedge/core/fault"
	"tracedge/core/identifier"
	"tracedge/core/items"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type pageQuery struct {
	web.Page
}

// cursor is where a page begins.
func cursor(q web.Page, prefix storage.Key) (storage.Page, error) {
	out := storage.Page{Limit: q.Limit, Reverse: true}
	var after string
	resumed, err := q.Resume(&after)
	if err == nil && resumed {
		if !storage.IsTimeID(after) {
			return out, fault.BadRequest("cursor", "Unusable cursor")
		}
		out.After = prefix + storage.Key(after)
	}
	return out, err
}

// standing is what the caller is to the circuit of the path. Errors: 404, 403.
func (s *Service) standing(c *web.Call, need roles.Permission) (*circuits.Standing, storage.Partition, error) {
	id, err := c.PathUUID("id")
	if err != nil {
		return nil, storage.Partition{}, err
	}
	p, who := circuits.Partition(id), circuits.ViewerOf(c)
	st, err := circuits.CheckMembership(c.Context(), s.store, id, who)
	if err == nil {
		err = st.Read(need)
	}
	return st, p, err
}

// scanned is how many operations one page looks at for those that the caller may see, or has asked for.
const scanned = 400

// operations is OP1.
func (s *Service) operations(c *web.Call) (any, error) {
	st, p, err := s.standing(c, "")
	if err != nil {
		return nil, err
	}
	all := st.Manager()
	if all {
		return s.listOperations(c, p, operationsAt(p), nil)
	}
	return s.listOperations(c, p, operationsAt(p), func(o *Operation) bool {
		return o.Status == Completed || o.Requester == st.Viewer.UserID
	})
}

// waiting is OP2.
func (s *Service) waiting(c *web.Call) (any, error) {
	_, p, err := s.standing(c, roles.ManageMembers)
	if err != nil {
		return nil, err
	}
	return s.listOperations(c, p, waiting(p), nil)
}

func (s *Service) listOperations(c *web.Call, p storage.Partition, prefix storage.Key, shows func(*Operation) bool) (any, error) {
	q := web.Query[pageQuery](c).Page
	out := []operationView{}
	ops, err := s.operationsOf(c, p, q, prefix, shows)
	for _, o := range ops {
		out = append(out, o.view())
	}
	return out, err
}

// operationsOf is a page of operations, with its cursor; nil shows all.
func (s *Service) operationsOf(c *web.Call, p storage.Partition, q web.Page, prefix storage.Key, shows func(*Operation) bool) ([]*Operation, error) {
	span, err := cursor(q, prefix)
	if err != nil || q.Limit == 0 {
		return nil, err
	}
	if shows != nil {
		span.Limit = scanned
	}
	found, err := s.store.Scan(c.Context(), "circuits_list_operations", p, prefix, span)
	if err != nil {
		return nil, err
	}
	var out []*Operation
	last, more := "", found.Next != ""
	for _, r := range found.Records {
		if len(out) == q.Limit {
			more = true
			break
		}
		o := new(Operation)
		if err := r.Decode(o); err != nil {
			return nil, err
		}
		last = string(o.position())
		if shows == nil || shows(o) {
			out = append(out, o)
		}
	}
	if more && last != "" {
		_, err = c.Next(last)
	}
	return out, err
}

type itemsQuery struct {
	web.Page
	Events bool `query:"include_events"`
	Layers bool `query:"include_layers"`
}

// heldView is ItemR of the contract.
type heldView struct {
	DFID        string        `json:"dfid"`
	CircuitID   string        `json:"circuit_id"`
	CircuitName string        `json:"circuit_name"`
	PushedBy    string        `json:"pushed_by"`
	PushedAt    web.Secs      `json:"pushed_at"`
	Permissions []string      `json:"permissions"`
	Events      *[]events.Raw `json:"events,omitempty"`
	Layers      *[]layerView  `json:"layers,omitempty"`
}

// layerView is LayerR of the contract.
type layerView struct {
	Source      string           `json:"source_user_id"`
	Identifiers []identifier.Out `json:"identifiers"`
	Data        canon.Object     `json:"enriched_data"`
	ActivatedAt web.Secs         `json:"activated_at"`
}

// mostEvents of an item in a list.
const mostEvents = 100

// listItems is LI1.
func (s *Service) listItems(c *web.Call) (any, error) {
	st, p, err := s.standing(c, "")
	if err != nil {
		return nil, err
	}
	q := web.Query[itemsQuery](c)
	span, err := cursor(q.Page, itemsAt(p))
	if err != nil || q.Limit == 0 {
		return []heldView{}, err
	}
	found, err := s.store.Scan(c.Context(), "circuits_list_items", p, itemsAt(p), span)
	if err != nil {
		return nil, err
	}
	out := make([]heldView, len(found.Records))
	last := ""
	for n, r := range found.Records {
		var h Held
		if err := r.Decode(&h); err != nil {
			return nil, err
		}
		out[n] = heldView{h.DFID, st.Head.ID, st.Head.Name, h.PushedBy, web.Secs(h.PushedAt), h.Permissions, nil, nil}
		last = string(h.position())
		if q.Events {
			list, err := s.events.Of(c.Context(), h.DFID, st.Viewer.UserID, mostEvents)
			if err != nil {
				return nil, err
			}
			out[n].Events = &list
		}
		if q.Layers {
			list, err := s.layers(c, h.DFID, st.Head.ID)
			if err != nil {
				return nil, err
			}
			out[n].Layers = &list
		}
	}
	if found.Next != "" && last != "" {
		_, err = c.Next(last)
	}
	return out, err
}

func (s *Service) layers(c *web.Call, dfid, circuitID string) ([]layerView, error) {
	p := items.Partition(dfid)
	v, err := s.store.View(c.Context(), "circuits_list_layers", p, nil, items.LayerPrefix(p))
	if err != nil {
		return nil, err
	}
	list, err := items.LayersIn(p, v)
	out := []layerView{}
	for _, l := range list {
		if l.CircuitID == circuitID {
			out = append(out, layerView{l.Source, identifier.Outs(l.Identifiers), l.Data, web.Secs(l.ActivatedAt)})
		}
	}
	return out, err
}

type activitiesQuery struct {
	web.Page `limit:"200"`
}

// activityView is ActivityResponse of the contract.
type activityView struct {
	ID          string       `json:"activity_id"`
	Type        string       `json:"activity_type"`
	CircuitID   string       `json:"circuit_id"`
	CircuitName string       `json:"circuit_name"`
	DFIDs       []string     `json:"item_dfids"`
	UserID      string       `json:"user_id"`
	Time        web.Secs     `json:"timestamp"`
	Status      string       `json:"status"`
	Details     activityMore `json:"details"`
}

type activityMore struct {
	Items       int      `json:"items_count"`
	Successes   int      `json:"success_count"`
	Failed      []string `json:"failed_items"`
	Matches     []string `json:"enrichment_matches"`
	Permissions *string  `json:"permissions"`
	Error       *string  `json:"error_message"`
}

// listActivities is LI2.
func (s *Service) listActivities(c *web.Call) (any, error) {
	st, p, err := s.standing(c, "")
	if err != nil {
		return nil, err
	}
	q := web.Query[activitiesQuery](c)
	span, err := cursor(q.Page, activities(p))
	if err != nil || q.Limit == 0 {
		return []activityView{}, err
	}
	found, err := s.store.Scan(c.Context(), "circuits_list_activities", p, activities(p), span)
	if err != nil {
		return nil, err
	}
	out := make([]activityView, len(found.Records))
	last := ""
	for n, r := range found.Records {
		var a Activity
		if err := r.Decode(&a); err != nil {
			return nil, err
		}
		out[n] = activityView{
			a.ID, a.Type, a.CircuitID, st.Head.Name, a.DFIDs, a.UserID, web.Secs(a.Time), a.Status,
			activityMore{a.Affected, a.Affected, []string{}, []string{}, nil, nil},
		}
		last = strings.TrimPrefix(string(r.Key), string(activities(p)))
	}
	if found.Next != "" && last != "" {
		_, err = c.Next(last)
	}
	return out, err
}

type pendingQuery struct {
	web.Page
	Type *Type `query:"operation_type"`
}

// UnmarshalText takes a type in any case.
func (t *Type) UnmarshalText(text []byte) error {
	for _, known := range t.Allowed() {
		if strings.EqualFold(string(text), known) {
			*t = Type(known)
			return nil
		}
	}
	return errors.New("circuititems: unknown type of operation")
}

type pendingReply struct {
	Success bool          `json:"success"`
	Data    []pendingView `json:"data"`
	Next    *string       `json:"next_cursor"`
}

// pendingView is PendingR of the contract.
type pendingView struct {
	ID       string   `json:"pending_id"`
	DFID     string   `json:"dfid"`
	PushedBy string   `json:"pushed_by"`
	PushedAt web.Secs `json:"pushed_at"`
	Status   Status   `json:"status"`
	Preview  *preview `json:"item_preview"`
	Type     Type     `json:"operation_type"`
}

type preview struct {
	Identifiers []identifier.Out `json:"identifiers"`
	Data        canon.Object     `json:"enriched_data"`
}

// pendingItems is PI1.
func (s *Service) pendingItems(c *web.Call) (any, error) {
	st, p, err := s.standing(c, roles.ManageMembers)
	if err != nil {
		return nil, err
	}
	q := web.Query[pendingQuery](c)
	reply := pendingReply{Success: true, Data: []pendingView{}}
	span, err := cursor(q.Page, waiting(p))
	if err != nil || q.Limit == 0 {
		return reply, err
	}
	if q.Type != nil {
		span.Limit = scanned
	}
	found, err := s.store.Scan(c.Context(), "circuits_list_pending", p, waiting(p), span)
	if err != nil {
		return nil, err
	}
	more, last := found.Next != "", ""
	for _, r := range found.Records {
		if len(reply.Data) == q.Limit {
			more = true
			break
		}
		var o Operation
		if err := r.Decode(&o); err != nil {
			return nil, err
		}
		last = string(o.position())
		if q.Type != nil && *q.Type != o.Type {
			continue
		}
		v := pendingView{o.ID, o.DFID, o.Requester, web.Secs(o.Time), o.Status, nil, o.Type}
		if v.Preview, err = s.preview(c, &o, st.Head.ID); err != nil {
			return nil, err
		}
		reply.Data = append(reply.Data, v)
	}
	if more && last != "" {
		reply.Next, err = c.Next(last)
	}
	return reply, err
}

// preview is the item as the circuit would show it after the approval; nil unless it is Active.
func (s *Service) preview(c *web.Call, o *Operation, circuitID string) (*preview, error) {
	p := items.Partition(o.DFID)
	part := items.PendingLayerKey(p, o.ID)
	v, err := s.store.View(c.Context(), "circuits_preview_item", p, []storage.Key{items.Key(p), part}, items.Key(p).Parts(), part.Parts(), items.LayerPrefix(p))
	if err != nil {
		return nil, err
	}
	g, err := groundOf(p, v, nil)
	if err != nil || g.item == nil || g.item.Status != items.Active {
		return nil, err
	}
	var shown []items.Layer
	merged := false
	var own partOf
	waits, err := v.GetLong(part, &own)
	if err != nil {
		return nil, err
	}
	for _, l := range g.layers {
		if l.CircuitID != circuitID {
			continue
		}
		if waits && l.Source == o.Requester {
			l, merged = l.Merge(own.Layer), true
		}
		shown = append(shown, l)
	}
	if waits && !merged {
		shown = append(shown, own.Layer)
	}
	i := g.item.Under(shown)
	return &preview{identifier.Outs(i.Identifiers), i.Data}, nil
}
