package simulate

import (
	"encoding/json"
	"slices"
)

// Told is an operation of a circuit that a client was told of.
type Told struct {
	ID, DFID, Type string
	pending        bool // some answer said so
	brought        []brought
	decided        []verdict // answers that said so
}

// brought is a key of data that a push of a local item has taken into an item.
type brought struct {
	key string
	by  *Account
	own bool // no other operation has brought it
}

// verdict is an answer to an approval or a rejection.
type verdict struct{ status, step string }

// tell keeps what a client was told of an operation, and compares it with what others were.
func (k *Circuit) tell(c *Client, t *Told) *Told {
	for _, other := range k.told {
		if other.ID != t.ID {
			continue
		}
		if other.DFID != t.DFID || other.Type != t.Type {
			c.violate("an operation is one thing", "%s is a %s of %s and a %s of %s", t.ID, other.Type, other.DFID, t.Type, t.DFID)
		}
		if other.pending && !t.pending && !k.deciding[t.ID] {
			c.violate("an operation waits for a decision", "%s was Pending, and is Completed without one", t.ID)
		}
		other.pending = other.pending || t.pending
		other.brought = append(other.brought, t.brought...)
		return other
	}
	k.told = append(k.told, t)
	c.Finally("operations of circuit "+k.ID, func(last *Client) { last.checkTold(k) })
	return t
}

// decide keeps an answer that decided an operation. There is one.
func (t *Told) decide(c *Client, status string) {
	v := verdict{status, c.step.ID}
	if len(t.decided) > 0 {
		c.violate("an operation decides once", "%s is %+v and %+v", t.ID, t.decided[0], v)
	}
	t.decided = append(t.decided, v)
}

// operation is what a circuit says of one.
type operation struct {
	ID     string `json:"operation_id"`
	DFID   string `json:"dfid"`
	Type   string `json:"operation_type"`
	Status string `json:"status"`
	By     string `json:"requester_id"`
}

// pages asks for all pages of a list that is an array and calls do with each entry. It reports whether all were there.
func (c *Client) pages(token, path string, do func(entry json.RawMessage)) bool {
	for path != "" {
		answer := c.Do(Request{Method: "GET", Path: path, Token: token})
		var list []json.RawMessage
		if !answer.OK() || json.Unmarshal(answer.Text, &list) != nil {
			c.violate("what was acknowledged is there", "%s is answered %d %s", path, answer.Status, answer.Text)
			return false
		}
		for _, entry := range list {
			do(entry)
		}
		path = nextPage(answer.Header.Get("Link"))
	}
	return true
}

// checkTold compares the operations of a circuit, and the items that it holds, with what clients were told.
func (c *Client) checkTold(k *Circuit) {
	token := c.fresh(k.owner)
	byID := map[string]operation{}
	completed := map[string]map[string]int{"Push": {}, "Pull": {}} // by type and item
	if !c.pages(token, k.path("/operations?limit=100"), func(entry json.RawMessage) {
		var o operation
		_ = json.Unmarshal(entry, &o)
		byID[o.ID] = o
		if o.Status == "Completed" {
			completed[o.Type][o.DFID]++
		}
	}) {
		return
	}
	held := map[string]bool{}
	if !c.pages(token, k.path("/items?limit=100"), func(entry json.RawMessage) {
		var row struct{ DFID string }
		_ = json.Unmarshal(entry, &row)
		held[row.DFID] = true
	}) {
		return
	}
	for _, dfid := range k.dfids {
		pushes, pulls := completed["Push"][dfid], completed["Pull"][dfid]
		if pulls == 0 && held[dfid] != (pushes > 0) || pulls > pushes {
			c.violate("an operation has its effect", "circuit %s: %d pushes and %d pulls of %s are Completed, held: %v", k.ID, pushes, pulls, dfid, held[dfid])
		}
	}
	for _, t := range k.told {
		o, ok := byID[t.ID]
		switch {
		case !ok || o.DFID != t.DFID || o.Type != t.Type:
			c.result.LostUpdate = true
			c.violate("what was acknowledged is there", "operation %s, a %s of %s, is %+v in circuit %s", t.ID, t.Type, t.DFID, o, k.ID)
		case !t.pending && o.Status != "Completed", len(t.decided) > 0 && o.Status != t.decided[0].status:
			c.violate("an operation decides once", "operation %s is %s, and clients were told: Pending %v, %+v", t.ID, o.Status, t.pending, t.decided)
		}
		for _, b := range t.brought {
			c.checkBrought(t, o, b)
		}
	}
}

// checkBrought looks whether what a push brought along is in the item, as its owner sees it: iff the operation is
// Completed, but for what the owner brings, which is there at once.
func (c *Client) checkBrought(t *Told, o operation, b brought) {
	owner := c.ownerOf(t.DFID)
	if owner == nil {
		return
	}
	has := c.seenOf(t.DFID, owner)[b.key]
	switch own := owner.UserID == b.by.UserID; {
	case !has && (own || o.Status == "Completed"):
		c.result.LostUpdate = true
		c.violate("what was acknowledged is there", "%s lacks %q of operation %s, which is %s", t.DFID, b.key, t.ID, o.Status)
	case has && b.own && !own && o.Status != "Completed":
		c.violate("an operation has its effect", "%s has %q of operation %s, which is %s", t.DFID, b.key, t.ID, o.Status)
	}
}

// seenOf is itemData, asked for once.
func (c *Client) seenOf(dfid string, owner *Account) map[string]bool {
	if c.seenData[dfid] == nil {
		c.seenData[dfid] = c.itemData(&Item{DFID: dfid, owner: owner})
	}
	return c.seenData[dfid]
}

// ownerOf is whom an item belongs to, by its record; nil for nobody known.
func (c *Client) ownerOf(dfid string) *Account {
	for _, r := range c.state() {
		if r.Key != "item/"+dfid+"/item" {
			continue
		}
		var doc struct {
			Owner string `json:"owner_user_id"`
		}
		_ = json.Unmarshal([]byte(r.Doc), &doc)
		if n := slices.IndexFunc(c.accounts, func(a *Account) bool { return a.UserID == doc.Owner }); n >= 0 {
			return c.accounts[n]
		}
	}
	return nil
}
