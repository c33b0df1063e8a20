package simulate

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"tracedge/core/digest"
)

// Happening is an event that was acknowledged.
type Happening struct {
	ID, LocalID   string
	dfid          string // LOCAL-EVENT-<id> of a local one
	source        *Account
	owner         *Account // of the item
	visibility    string
	hash, content string // of the first metadata, and what it is taken over
	amended       bool   // somebody has tried to change its metadata
}

func init() {
	addScript(Script{Name: "event_add", Weight: 4, Scenarios: []string{"events"}, Run: eventAdd})
	addScript(Script{Name: "event_local", Weight: 1, Scenarios: []string{"events"}, Run: eventLocal})
	addScript(Script{Name: "event_amend", Weight: 2, Scenarios: []string{"events"}, Run: eventAmend})
}

// localEvent is what the name of a local event begins with, where others name an item.
const localEvent = "LOCAL-EVENT-"

var visibilities = []string{"Public", "Private", "Private", "CircuitOnly"}

// eventAdd adds events to an item, several clients the same one at once, and shows the item to somebody who may see it
// and not all of its events.
func eventAdd(c *Client) {
	a, item := c.item()
	if item == nil {
		return
	}
	guest := c.guestOf(item)
	few := 1 + c.random.IntN(2)
	c.Together(1+c.random.IntN(3), func(one *Client) {
		n := one.random.IntN(few)
		one.addEvent(a, item, visibilities[mixed(c.step.ID, n)%len(visibilities)], fmt.Sprintf("event %d of step %s", n, c.step.ID))
	})
	if guest != nil {
		c.snoopEvents(item, guest, guest.Token)
	}
}

func mixed(text string, n int) int { return int(mix(text, fmt.Sprint(n)) >> 33) }

// guestOf is somebody with whom the item is shared, or a stranger.
func (c *Client) guestOf(item *Item) *Account {
	stranger := c.Stranger(item.owner)
	if stranger == nil || c.random.IntN(2) == 0 {
		return stranger
	}
	shared := "shared " + item.DFID + " " + stranger.UserID
	if !c.checked[shared] {
		c.checked[shared] = true
		c.Do(Request{Method: "POST", Path: "/api/items/" + item.DFID + "/share", Token: item.owner.Token, Once: true, Body: map[string]any{"recipient_user_id": stranger.UserID}})
	}
	return stranger
}

// addEvent adds one event. Whoever asks for the same is told the same.
func (c *Client) addEvent(a *Account, item *Item, visibility, text string) {
	answer := c.Do(Request{Method: "POST", Path: "/api/events", Token: a.Token, Once: true, Body: map[string]any{
		"dfid": item.DFID, "event_type": "Updated", "visibility": visibility, "metadata": map[string]any{"text": text},
	}})
	if !answer.OK() {
		return
	}
	h := &Happening{
		ID: answer.String("event_id"), dfid: item.DFID, source: a, owner: item.owner, visibility: answer.String("visibility"), hash: answer.String("content_hash"),
		content: item.DFID + "Updated" + a.UserID + `{"text":"` + text + `"}`,
	}
	for _, other := range c.happenings {
		switch same := other.content == h.content; {
		case same && other.ID != h.ID, !same && other.ID == h.ID:
			c.violate("an event is there once", "%q of %s is %s and %s", text, item.DFID, other.ID, h.ID)
		case same && other.visibility != h.visibility:
			c.violate("an event is there once", "%q of %s is %s and %s", text, item.DFID, other.visibility, h.visibility)
		}
	}
	c.noteEvent(h)
}

// noteEvent keeps an event.
func (c *Client) noteEvent(h *Happening) {
	for _, other := range c.happenings {
		if other.ID == h.ID {
			return
		}
	}
	c.happenings = append(c.happenings, h)
	c.Finally("events of "+h.dfid, func(last *Client) { last.checkEvents(h) })
}

// eventLocal makes a local event, which nobody else sees.
func eventLocal(c *Client) {
	a := c.Account()
	if a == nil {
		return
	}
	text := "local event of step " + c.step.ID
	answer := c.Do(Request{Method: "POST", Path: "/api/events/local", Token: a.Token, Once: true, Body: map[string]any{
		"event_type": "Created", "visibility": one(c.random, visibilities), "metadata": map[string]any{"text": text},
	}})
	if !answer.OK() {
		return
	}
	h := &Happening{
		ID: answer.String("event_id"), LocalID: answer.String("local_event_id"), source: a, owner: a, visibility: "Local",
	}
	h.dfid = localEvent + h.LocalID
	h.content = h.dfid + "Created" + a.UserID + `{"text":"` + text + `"}`
	h.hash = digest.OfText(h.content)
	c.noteEvent(h)
	stranger := c.Stranger(a)
	if stranger == nil {
		return
	}
	for _, path := range []string{"/api/events/local/" + h.LocalID, "/api/events/" + h.ID} {
		if answer := c.Do(Request{Method: "GET", Path: path, Token: stranger.Token}); answer.OK() {
			c.violate("nobody reads what they may not", "local event %s of %s is shown to %s", h.ID, a.UserID, stranger.UserID)
		}
	}
}

// eventAmend adds to the metadata of an event or looks at it; several clients at once.
func eventAmend(c *Client) {
	var own []*Happening
	a := c.Account()
	for _, h := range c.happenings {
		if a != nil && h.source.UserID == a.UserID {
			own = append(own, h)
		}
	}
	if len(own) == 0 {
		eventAdd(c)
		return
	}
	h := one(c.random, own)
	path, register := "/api/events/"+h.ID, "note on event "+h.ID
	c.Together(2, func(one *Client) {
		began := one.now
		if one.random.IntN(2) == 0 {
			note := "note " + one.step.ID
			h.amended = true
			answer := one.Do(Request{Method: "POST", Path: path + "/metadata", Token: a.Token, Attempts: 1, Body: map[string]any{"note": note}})
			if answer.OK() || answer.Unsure {
				one.Set(register, note, began, !answer.OK())
			}
			return
		}
		if answer := one.Do(Request{Method: "GET", Path: path, Token: a.Token, Attempts: 1}); answer.OK() {
			one.See(register, answer.String("metadata.note"), began)
		}
	})
	if stranger := c.Stranger(a); stranger != nil {
		if answer := c.Do(Request{Method: "POST", Path: path + "/metadata", Token: stranger.Token, Body: map[string]any{"note": "of a stranger"}}); answer.OK() {
			c.violate("nobody changes what they may not", "event %s of %s is changed by %s", h.ID, a.UserID, stranger.UserID)
		}
	}
}

// listed is an event as lists show it.
type listed struct {
	ID         string `json:"event_id"`
	DFID       string
	Source     string
	Visibility string
}

// eventsOf lists the events of an item as somebody sees them; of a local event, those of whoever asks.
func (c *Client) eventsOf(dfid, token string) (list []listed, answer Answer) {
	path := "/api/events/item/" + dfid + "?limit=200"
	if strings.HasPrefix(dfid, localEvent) {
		path = "/api/events?limit=200"
	}
	for path != "" {
		answer = c.Do(Request{Method: "GET", Path: path, Token: token})
		var page []listed
		if !answer.OK() || json.Unmarshal(answer.Text, &page) != nil {
			return nil, answer
		}
		list = append(list, page...)
		path = nextPage(answer.Header.Get("Link"))
	}
	return list, answer
}

// snoopEvents looks at the events of an item as somebody who did not make them.
func (c *Client) snoopEvents(item *Item, guest *Account, token string) {
	list, _ := c.eventsOf(item.DFID, token)
	for _, e := range list {
		if e.Source != guest.UserID && e.Visibility != "Public" && e.Visibility != "CircuitOnly" {
			c.violate("nobody reads what they may not", "event %s of %s, %s, is listed to %s", e.ID, e.Source, e.Visibility, guest.UserID)
		}
	}
	for _, h := range c.happenings {
		if h.dfid != item.DFID || h.visibility != "Private" || h.source.UserID == guest.UserID {
			continue
		}
		if answer := c.Do(Request{Method: "GET", Path: "/api/events/" + h.ID, Token: token, Attempts: 1}); answer.OK() {
			c.violate("nobody reads what they may not", "event %s of %s, Private, is shown to %s", h.ID, h.source.UserID, guest.UserID)
		}
		return
	}
}

// checkEvents compares the events of an item with those that were acknowledged: its source sees each once, with what it
// said, and nobody else the private ones.
func (c *Client) checkEvents(first *Happening) {
	kept := c.eventRecords(first.dfid)
	seen := map[string]map[string]int{} // by reader, the events that are listed
	for _, h := range c.happenings {
		if h.dfid != first.dfid {
			continue
		}
		if seen[h.source.UserID] == nil {
			list, answer := c.eventsOf(h.dfid, c.fresh(h.source))
			if !answer.OK() {
				c.violate("what was acknowledged is there", "the events of %s are answered %d %s", h.dfid, answer.Status, answer.Text)
				return
			}
			seen[h.source.UserID] = map[string]int{}
			for _, e := range list {
				seen[h.source.UserID][e.ID]++
			}
		}
		record, there := kept[h.ID]
		switch n := seen[h.source.UserID][h.ID]; {
		case n == 0, !there:
			c.result.LostUpdate = true
			c.violate("what was acknowledged is there", "event %s of %s is not in its list", h.ID, h.dfid)
		case n > 1:
			c.violate("an event is there once", "event %s of %s is listed %d times", h.ID, h.dfid, n)
		case h.hash != digest.OfText(h.content), !h.amended && record.Hash != h.hash:
			c.violate("an event is what its hash says", "event %s of %s has the hash %s and was answered %s; it says %q", h.ID, h.dfid, record.Hash, h.hash, h.content)
		}
	}
	item := &Item{DFID: first.dfid, owner: first.owner}
	for _, other := range c.accounts {
		if other.UserID != first.owner.UserID {
			c.snoopEvents(item, other, c.fresh(other))
			break
		}
	}
	if answer := c.Do(Request{Method: "GET", Path: "/api/events/item/" + first.dfid}); answer.Status != http.StatusUnauthorized {
		c.violate("nobody reads what they may not", "the events of %s are answered %d to nobody", first.dfid, answer.Status)
	}
}

// eventRecord is an event as it is stored.
type eventRecord struct {
	ID   string `json:"event_id"`
	Hash string `json:"content_hash"`
}

// eventRecords are the events that the partition of an item holds, or that of a local event, by id.
func (c *Client) eventRecords(dfid string) map[string]eventRecord {
	out := map[string]eventRecord{}
	for _, r := range c.state() {
		if area(r.Key) != "event" {
			continue
		}
		var doc struct {
			eventRecord
			DFID string `json:"dfid"`
		}
		if json.Unmarshal([]byte(r.Doc), &doc) == nil && doc.DFID == dfid {
			out[doc.ID] = doc.eventRecord
		}
	}
	return out
}
