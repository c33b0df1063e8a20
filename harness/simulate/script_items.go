package simulate

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// Item is an item that was acknowledged.
type Item struct {
	DFID  string
	owner *Account
	lot   string // its identifier
	ended bool   // somebody asked for a merge, a split or its deprecation
}

func init() {
	addScript(Script{Name: "item_create", Weight: 4, Scenarios: []string{"items"}, Run: itemCreate})
	addScript(Script{Name: "item_update", Weight: 3, Scenarios: []string{"items"}, Run: itemUpdate})
	addScript(Script{Name: "item_end", Weight: 1, Scenarios: []string{"items"}, Run: itemEnd})
	addScript(Script{Name: "item_share", Weight: 1, Scenarios: []string{"items"}, Run: itemShare})
}

// itemCreate makes an item of one of few lots, or adds to the one that is there:
// several clients of an account want the same.
func itemCreate(c *Client) {
	a := c.Account()
	if a == nil {
		return
	}
	lots := 1 + c.random.IntN(3)
	c.Together(1+c.random.IntN(2), func(one *Client) { createItem(one, a, fmt.Sprintf("lot %d", one.random.IntN(lots))) })
}

func createItem(c *Client, a *Account, lot string) *Item {
	mark := "made by " + c.step.ID
	answer := c.Do(Request{Method: "POST", Path: "/api/items", Token: a.Token, Once: true, Body: map[string]any{
		"identifiers":  []map[string]any{{"key": "lot", "value": lot, "id_type": "Canonical"}},
		"source_entry": "5f0c1c3e-8f43-4a51-9d53-0a1b2c3d4e5f", "enriched_data": map[string]any{mark: true},
	}})
	if !answer.OK() {
		return nil
	}
	item := c.note(a, answer.String("dfid"), lot)
	c.Finally("", func(last *Client) {
		if !last.itemData(item)[mark] {
			last.result.LostUpdate = true
			last.violate("what was acknowledged is there", "%s lacks %q", item.DFID, mark)
		}
	})
	return item
}

// note keeps an item, and looks for a second item of one lot and for a second
// owner of one DFID.
func (c *Client) note(a *Account, dfid, lot string) *Item {
	var same *Item
	for _, other := range c.items {
		switch {
		case other.DFID == dfid && other.owner.UserID != a.UserID:
			c.result.TwoOwners = true
			c.violate("a name has one owner", "%s belongs to %s and to %s", dfid, other.owner.UserID, a.UserID)
		case other.DFID == dfid:
			same = other
		case other.owner.UserID == a.UserID && other.lot == lot && lot != "" && !other.ended:
			c.result.TwoOwners = true
			c.violate("a name has one owner", "%s of %s is %s and %s", lot, a.UserID, other.DFID, dfid)
		}
	}
	if same == nil {
		same = &Item{DFID: dfid, owner: a, lot: lot}
		c.items = append(c.items, same)
	}
	return same
}

// itemData is which keys an item has, as its owner sees it when all is calm.
func (c *Client) itemData(item *Item) map[string]bool {
	answer := c.Do(Request{Method: "GET", Path: "/api/items/" + item.DFID, Token: c.fresh(item.owner)})
	var body struct {
		Data map[string]json.RawMessage `json:"enriched_data"`
	}
	if err := json.Unmarshal(answer.Text, &body); err != nil || !answer.OK() {
		c.violate("what was acknowledged is there", "%s of %s is answered %d %s", item.DFID, item.owner.UserID, answer.Status, answer.Text)
	}
	keys := map[string]bool{}
	for key := range body.Data {
		keys[key] = true
	}
	return keys
}

// item is one of the account's items that nobody has ended.
func (c *Client) item() (*Account, *Item) {
	a := c.Account()
	if a == nil {
		return nil, nil
	}
	var own []*Item
	for _, item := range c.items {
		if item.owner.UserID == a.UserID && !item.ended {
			own = append(own, item)
		}
	}
	if len(own) == 0 {
		return a, createItem(c, a, "lot "+c.step.ID)
	}
	return a, one(c.random, own)
}

// itemUpdate sets a mark on an item or looks at it; several clients at once.
func itemUpdate(c *Client) {
	a, item := c.item()
	if item == nil {
		return
	}
	path, register := "/api/items/"+item.DFID, "mark on "+item.DFID
	c.Together(2, func(one *Client) {
		began := one.now
		if one.random.IntN(2) == 0 {
			mark := "mark " + one.step.ID
			answer := one.Do(Request{Method: "PUT", Path: path, Token: a.Token, Attempts: 1, Body: map[string]any{"enriched_data": map[string]any{"mark": mark}}})
			if answer.OK() || answer.Unsure {
				one.Set(register, mark, began, !answer.OK())
			}
			return
		}
		if answer := one.Do(Request{Method: "GET", Path: path, Token: a.Token, Attempts: 1}); answer.OK() {
			one.See(register, answer.String("enriched_data.mark"), began)
		}
	})
}

// itemEnd merges an item into another, splits it or deprecates it. What it held
// stays readable.
func itemEnd(c *Client) {
	a, item := c.item()
	if item == nil {
		return
	}
	item.ended = true
	path := "/api/items/" + item.DFID
	switch c.random.IntN(3) {
	case 0:
		into := createItem(c, a, "lot into "+c.step.ID)
		if into == nil {
			return
		}
		into.ended = true // its lots are more than one now
		c.Do(Request{Method: "POST", Path: "/api/items/" + into.DFID + "/merge", Token: a.Token, Once: true, Body: item.DFID})
	case 1:
		answer := c.Do(Request{Method: "POST", Path: path + "/split", Token: a.Token, Once: true, Body: map[string]any{
			"identifiers_for_new_item": []map[string]any{{"key": "lot", "value": item.lot, "id_type": "Canonical"}},
		}})
		if answer.OK() {
			c.note(a, answer.String("new_item.dfid"), "")
		}
	default:
		c.Do(Request{Method: "DELETE", Path: path, Token: a.Token})
	}
	c.Finally("item "+item.DFID, func(last *Client) { last.itemData(item) })
}

// itemShare lets a stranger read an item, who cannot before.
func itemShare(c *Client) {
	a, item := c.item()
	if item == nil {
		return
	}
	stranger := c.Stranger(a)
	if stranger == nil {
		return
	}
	look := func(c *Client, token string) Answer {
		return c.Do(Request{Method: "GET", Path: "/api/items/" + item.DFID, Token: token})
	}
	shared := "shared " + item.DFID + " " + stranger.UserID
	if !c.checked[shared] {
		if answer := look(c, stranger.Token); answer.OK() && !c.checked[shared] && !c.offered(item.DFID) {
			c.violate("nobody reads what they may not", "%s of %s is shown to %s", item.DFID, a.UserID, stranger.UserID)
		}
	}
	c.checked[shared] = true
	answer := c.Do(Request{Method: "POST", Path: "/api/items/" + item.DFID + "/share", Token: a.Token, Once: true, Body: map[string]any{"recipient_user_id": stranger.UserID}})
	if !answer.OK() {
		return
	}
	c.Finally("", func(last *Client) {
		if seen := look(last, last.fresh(stranger)); seen.Status == http.StatusNotFound {
			last.violate("what was acknowledged is there", "%s is shared with %s and answered %d", item.DFID, stranger.UserID, seen.Status)
		}
	})
}
