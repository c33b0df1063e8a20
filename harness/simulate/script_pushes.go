package simulate

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
)

func init() {
	addScript(Script{Name: "push_local", Weight: 5, Scenarios: []string{"pushes", "operations"}, Run: pushLocal})
	addScript(Script{Name: "push_item", Weight: 2, Scenarios: []string{"pushes", "operations"}, Run: pushItem})
	addScript(Script{Name: "push_batch", Weight: 1, Scenarios: []string{"pushes"}, Run: pushBatch})
}

// pushLocal pushes local items into a circuit: one by several at once, and several that say to be the same thing.
func pushLocal(c *Client) {
	a, k := c.insider()
	if k == nil {
		return
	}
	tag := fmt.Sprintf("BR %d of %s", c.random.IntN(2), k.ID)
	l := c.localFor(a, k, tag)
	if l == nil {
		return
	}
	other := c.colleague(k, a)
	c.Together(1+c.random.IntN(3), func(one *Client) {
		switch {
		case one.random.IntN(2) == 0:
			one.push(k, l)
		default:
			if theirs := one.localFor(other, k, tag); theirs != nil {
				one.push(k, theirs)
			}
		}
	})
	c.push(k, l) // and once more: whatever has become of the others
}

// localFor is a local item of an account that may be pushed into a circuit: an old one now and then.
func (c *Client) localFor(a *Account, k *Circuit, tag string) *LocalItem {
	var own []*LocalItem
	for _, l := range c.locals {
		if l.owner.UserID == a.UserID && (l.tag == tag || l.dfid != "") {
			own = append(own, l)
		}
	}
	if len(own) > 0 && c.random.IntN(2) == 0 {
		return one(c.random, own)
	}
	if c.random.IntN(4) == 0 {
		return makeLocal(c, &LocalItem{owner: a, tag: tag, lot: true})
	}
	return createLocal(c, a, tag)
}

// push pushes one local item, now and then with more to say.
func (c *Client) push(k *Circuit, l *LocalItem) {
	body := map[string]any{"local_id": l.ID}
	said := []brought{{key: l.mark, by: l.owner}}
	mark := fmt.Sprintf("pushed by %s after %d requests", c.step.ID, c.seen)
	if c.random.IntN(2) == 0 {
		body["enriched_data"] = map[string]any{mark: true}
	} else {
		mark = ""
	}
	l.pushed = true
	answer := c.Do(Request{Method: "POST", Path: k.path("/push-local"), Token: l.owner.Token, Once: true, Body: body})
	switch answer.Status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusUnsupportedMediaType:
		c.violate("a request is answered as documented", "a push of local item %s is answered %d %s", l.ID, answer.Status, answer.Text)
	}
	if !answer.OK() {
		return
	}
	if mark != "" {
		said = append(said, brought{mark, l.owner, answer.Keys == 1})
	}
	dfid, pending := answer.String("data.dfid"), answer.String("data.operation_status") == "Pending"
	c.becomes(k, l, dfid, answer.String("data.status") == "NewItemCreated", pending)
	k.touch(dfid)
	k.tell(c, &Told{ID: answer.String("data.operation_id"), DFID: dfid, Type: "Push", pending: pending, brought: said})
}

// becomes keeps which item a local item has become. Everybody is told the same, one is told that it is new, and what has
// one identity in a circuit is one item there, unless it was taken out meanwhile. Where pushes wait for an approval
// nobody's items are in the circuit yet, so the identity is the owner's.
func (c *Client) becomes(k *Circuit, l *LocalItem, dfid string, fresh, pending bool) {
	if l.dfid != "" && l.dfid != dfid {
		c.violate("a local item becomes one item", "%s is told to be %s and %s", l.ID, l.dfid, dfid)
	}
	l.dfid = dfid
	if by, known := c.minted[dfid]; fresh && known && by != c.step.ID {
		c.violate("a DFID is minted once", "%s is new to steps %s and %s", dfid, by, c.step.ID)
	}
	if fresh {
		c.minted[dfid] = c.step.ID
	}
	identity := l.tag
	if k.approvePush {
		identity += " of " + l.owner.UserID
	}
	before, known := k.identities[identity]
	switch {
	case l.tag == "" || l.lot || !isOf(l.tag, k):
	case !known || k.pulled[before]:
		k.identities[identity] = dfid
	case before != dfid && !k.pulled[dfid]:
		c.result.TwoOwners = true
		c.violate("an identity is one item", "%q in circuit %s is %s and %s", identity, k.ID, before, dfid)
	}
}

func isOf(tag string, k *Circuit) bool {
	return len(tag) > len(k.ID) && tag[len(tag)-len(k.ID):] == k.ID
}

// touch notes that an item may be in a circuit.
func (k *Circuit) touch(dfid string) {
	if !slices.Contains(k.dfids, dfid) {
		k.dfids = append(k.dfids, dfid)
	}
}

// offered reports whether an item may be in some circuit, whose members see it.
func (c *Client) offered(dfid string) bool {
	return slices.ContainsFunc(c.circuits, func(k *Circuit) bool { return slices.Contains(k.dfids, dfid) })
}

// offer pushes an item that has its DFID. From here on it may be in the circuit.
func (c *Client) offer(k *Circuit, dfid, token string) Answer {
	k.touch(dfid)
	return c.Do(Request{Method: "POST", Path: k.path("/push/" + dfid), Token: token, Once: true})
}

// pushItem pushes an item that has its DFID, several clients at once.
func pushItem(c *Client) {
	a, k, item := c.insiderWithItem()
	if item == nil {
		return
	}
	c.Together(1+c.random.IntN(2), func(one *Client) {
		answer := one.offer(k, item.DFID, a.Token)
		if answer.OK() {
			k.tell(one, &Told{ID: answer.String("operation_id"), DFID: answer.String("dfid"), Type: "Push", pending: answer.String("status") == "Pending"})
		}
	})
}

// pushBatch pushes several items in one request.
func pushBatch(c *Client) {
	a, k := c.insider()
	if k == nil {
		return
	}
	var list []map[string]any
	for range 1 + c.random.IntN(3) {
		if item := c.itemOf(a); item != nil {
			k.touch(item.DFID)
			list = append(list, map[string]any{"dfid": item.DFID})
		}
	}
	list = append(list, map[string]any{"dfid": "DFID-20250101-999999-0"})
	answer := c.Do(Request{Method: "POST", Path: k.path("/push/batch"), Token: a.Token, Once: true, Body: map[string]any{"items": list}})
	var body struct {
		Success int `json:"success_count"`
		Failed  int `json:"failed_count"`
		Results []struct {
			DFID      string
			Success   bool
			Operation string `json:"operation_id"`
			Status    string `json:"operation_status"`
		}
	}
	if !answer.OK() {
		return
	}
	_ = json.Unmarshal(answer.Text, &body)
	succeeded := 0
	for _, r := range body.Results {
		if r.Success {
			succeeded++
			k.tell(c, &Told{ID: r.Operation, DFID: r.DFID, Type: "Push", pending: r.Status == "Pending"})
		}
	}
	if len(body.Results) != len(list) || body.Success != succeeded || body.Failed != len(list)-succeeded || succeeded == len(list) {
		c.violate("a request is answered as documented", "a batch of %d items is answered %s", len(list), answer.Text)
	}
}

// itemOf is one of the items of an account that nobody has ended.
func (c *Client) itemOf(a *Account) *Item {
	var own []*Item
	for _, item := range c.items {
		if item.owner.UserID == a.UserID && !item.ended {
			own = append(own, item)
		}
	}
	if len(own) == 0 {
		return createItem(c, a, "lot "+c.step.ID)
	}
	return one(c.random, own)
}
