package simulate

import (
	"encoding/json"
	"net/http"
)

func init() {
	addScript(Script{Name: "push_events", Weight: 1, Scenarios: []string{"pushes"}, Run: pushEvents})
}

// pushEvents makes local events that say the same and moves them to one item, two clients at once: it has the event
// once, and what has moved is local no more.
func pushEvents(c *Client) {
	a, k, item := c.insiderWithItem()
	if item == nil {
		return
	}
	mark := "seen by " + c.step.ID
	var ids, locals []string
	for range 1 + c.random.IntN(2) {
		answer := c.Do(Request{Method: "POST", Path: "/api/events/local", Token: a.Token, Once: true, Body: map[string]any{
			"event_type": "Updated", "visibility": "Public", "metadata": map[string]any{mark: true},
		}})
		if answer.OK() {
			ids, locals = append(ids, answer.String("event_id")), append(locals, answer.String("local_event_id"))
		}
	}
	if len(ids) == 0 {
		return
	}
	c.Together(2, func(one *Client) {
		answer := one.Do(Request{Method: "POST", Path: k.path("/push-events"), Token: a.Token, Once: true, Body: map[string]any{"local_event_ids": locals, "dfid": item.DFID}})
		var body struct {
			Pushed       int `json:"events_pushed"`
			Deduplicated int `json:"events_deduplicated"`
			Events       []struct {
				LocalID  string  `json:"local_event_id"`
				EventID  string  `json:"event_id"`
				Original *string `json:"original_event_id"`
			}
		}
		if !answer.OK() {
			return
		}
		if _ = json.Unmarshal(answer.Text, &body); body.Pushed+body.Deduplicated != len(locals) {
			one.violate("a request is answered as documented", "a push of %d events is answered %s", len(locals), answer.Text)
		}
		one.Finally("events of "+mark, func(last *Client) { last.checkMoved(item, mark) })
		for _, e := range body.Events {
			if e.Original != nil && *e.Original != e.EventID {
				one.violate("a request is answered as documented", "%s is %s and %s", e.LocalID, e.EventID, *e.Original)
			}
			for n := range locals {
				if e.LocalID == locals[n] && e.EventID == ids[n] {
					one.Finally("moved "+ids[n], func(last *Client) { last.checkGone(a, item, ids[n], locals[n]) })
				}
			}
		}
	})
}

// checkMoved wants an item to have an event with a mark, once.
func (c *Client) checkMoved(item *Item, mark string) {
	found := 0
	c.pages(c.fresh(item.owner), "/api/events/item/"+item.DFID+"?limit=100", func(entry json.RawMessage) {
		var e struct{ Metadata map[string]any }
		if _ = json.Unmarshal(entry, &e); e.Metadata[mark] == true {
			found++
		}
	})
	if found != 1 {
		c.violate("an event is there once", "%s has %d events that say %q", item.DFID, found, mark)
	}
}

// checkGone wants an event that has moved to be where it went, and nowhere else.
func (c *Client) checkGone(a *Account, item *Item, id, local string) {
	if answer := c.Do(Request{Method: "GET", Path: "/api/events/" + id, Token: c.fresh(a)}); answer.String("dfid") != item.DFID {
		c.violate("an event is there once", "event %s was moved to %s and is answered %d %s", id, item.DFID, answer.Status, answer.Text)
	}
	if answer := c.Do(Request{Method: "GET", Path: "/api/events/local/" + local, Token: c.fresh(a)}); answer.Status != http.StatusNotFound {
		c.violate("an event is there once", "local event %s was moved to %s and is answered %d", local, item.DFID, answer.Status)
	}
}
