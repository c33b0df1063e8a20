package simulate

import (
	"cmp"
	"fmt"
)

// LocalItem is a local item that was acknowledged.
type LocalItem struct {
	ID    string
	owner *Account
	mark  string // a key of its data
	tag   string // its identifier, "" for one that all have
	lot   bool   // the identifier is one of a lot: others have it and are other things

	pushed bool   // somebody has tried to push it
	dfid   string // what it has become, as clients were told
}

func init() {
	addScript(Script{Name: "local_create", Weight: 2, Scenarios: []string{"locals"}, Run: localCreate})
	addScript(Script{Name: "local_merge", Weight: 2, Scenarios: []string{"locals"}, Run: localMerge})
}

func localCreate(c *Client) {
	if a := c.Account(); a != nil {
		createLocal(c, a, "")
	}
}

func createLocal(c *Client, a *Account, tag string) *LocalItem {
	return makeLocal(c, &LocalItem{owner: a, tag: tag})
}

func makeLocal(c *Client, l *LocalItem) *LocalItem {
	a, class := l.owner, "Canonical"
	if l.lot {
		class = "Contextual"
	}
	l.mark = fmt.Sprintf("made by %s after %d requests", c.step.ID, c.seen)
	answer := c.Do(Request{Method: "POST", Path: "/api/items/local", Token: a.Token, Once: true, Body: map[string]any{
		"identifiers":   []map[string]any{{"key": "tag", "value": cmp.Or(l.tag, "7"), "id_type": class}},
		"enriched_data": map[string]any{l.mark: true},
	}})
	if !answer.OK() {
		return nil
	}
	l.ID = answer.String("data.local_id")
	c.locals = append(c.locals, l)
	c.Finally("", func(last *Client) {
		item := &Item{DFID: "LID-" + l.ID, owner: a}
		if !l.pushed && !last.itemData(item)[l.mark] {
			last.result.LostUpdate = true
			last.violate("what was acknowledged is there", "local item %s lacks %q", l.ID, l.mark)
		}
		answer := last.Do(Request{Method: "GET", Path: "/api/items/mapping/" + l.ID, Token: last.fresh(a)})
		if !answer.OK() {
			last.violate("what was acknowledged is there", "the mapping of local item %s is answered %d %s", l.ID, answer.Status, answer.Text)
		}
		if dfid := answer.String("data.dfid"); l.dfid != "" && dfid != l.dfid {
			last.violate("a local item becomes one item", "%s was told to be %s, and is %q", l.ID, l.dfid, dfid)
		}
	})
	return l
}

// localMerge merges local items, which others may be merging too, and now and
// then takes one out again.
func localMerge(c *Client) {
	a := c.Account()
	if a == nil {
		return
	}
	var own []*LocalItem
	for _, l := range c.locals {
		if l.owner.UserID == a.UserID {
			own = append(own, l)
		}
	}
	for len(own) < 2 {
		l := createLocal(c, a, "")
		if l == nil {
			return
		}
		own = append(own, l)
	}
	c.random.Shuffle(len(own), func(i, j int) { own[i], own[j] = own[j], own[i] })
	into, merged := own[0], own[1]
	answer := c.Do(Request{Method: "POST", Path: "/api/items/local/merge", Token: a.Token, Once: true, Body: map[string]any{
		"master_lid": into.ID, "merge_lids": []string{merged.ID},
	}})
	if answer.OK() && c.random.IntN(2) == 0 {
		c.Do(Request{Method: "POST", Path: "/api/items/local/unmerge", Token: a.Token, Once: true, Body: map[string]any{"merged_lid": merged.ID}})
	}
	if c.random.IntN(4) == 0 {
		c.Do(Request{Method: "POST", Path: "/api/items/local/organize", Token: a.Token, Once: true, Body: map[string]any{"action": "deduplicate"}})
	}
}
