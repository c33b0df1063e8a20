package simulate

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

func init() {
	addScript(Script{Name: "upload", Weight: 4, Scenarios: []string{"adapters"}, Run: upload})
	addScript(Script{Name: "migrate", Weight: 2, Scenarios: []string{"adapters"}, Run: migrateItem})
	addScript(Script{Name: "adapter_look", Weight: 2, Scenarios: []string{"adapters"}, Run: adapterLook})
	addScript(Script{Name: "adapter_choose", Weight: 1, Scenarios: []string{"adapters"}, Run: adapterChoose})
	addScript(Script{Name: "adapter_config", Weight: 1, Scenarios: []string{"adapters", "admin"}, Run: adapterConfig})
}

// ipfsType is the one adapter type that this build implements.
const ipfsType = "ipfs-ipfs"

// storing is a circuit of an account that stores with an adapter what is pushed into it.
func (c *Client) storing(a *Account) *Circuit {
	for _, k := range c.circuits {
		if k.owner.UserID == a.UserID && k.stores {
			return k
		}
	}
	k := foundCircuit(c, a)
	if k == nil {
		return nil
	}
	answer := c.Do(Request{Method: "PUT", Path: k.path("/adapter"), Token: a.Token, Body: map[string]any{"adapter_type": ipfsType}})
	k.stores = k.stores || answer.OK()
	return k
}

// upload pushes an item into a circuit that stores what it holds, several times now and then, with changes in between.
// What was acknowledged reaches the node, or is shown as failed.
func upload(c *Client) {
	a, item := c.item()
	if item == nil {
		return
	}
	k := c.storing(a)
	if k == nil || !k.stores {
		return
	}
	for range 1 + c.random.IntN(2) {
		answer := c.offer(k, item.DFID, a.Token)
		if answer.OK() && answer.String("status") == "Completed" {
			c.Finally("storage of "+item.DFID, func(last *Client) { last.checkStored(item) })
		}
		if c.random.IntN(2) == 0 {
			c.Do(Request{Method: "PUT", Path: "/api/items/" + item.DFID, Token: a.Token, Attempts: 1, Body: map[string]any{"enriched_data": map[string]any{"stored": c.step.ID}}})
		}
	}
	c.Finally("uploads of "+a.UserID, func(last *Client) { last.checkStatistics(a) })
}

// storageHistory is the history of an item as the service shows it.
type storageHistory struct {
	Data struct {
		Records []struct {
			Primary  bool                                `json:"is_primary"`
			Location struct{ IPFS struct{ CID string } } `json:"storage_location"`
		} `json:"storage_records"`
		Primary struct{ IPFS struct{ CID string } } `json:"current_primary"`
		Pending []struct {
			ID     string `json:"outbox_id"`
			Status string
		}
	}
}

// checkStored looks at the history of an item that was pushed to be stored: each of its locations is at the node, and one
// of them is the primary.
func (c *Client) checkStored(item *Item) {
	answer := c.Do(Request{Method: "GET", Path: "/api/storage-history/" + item.DFID, Token: c.fresh(item.owner)})
	var h storageHistory
	if !answer.OK() || json.Unmarshal(answer.Text, &h) != nil {
		c.violate("what was acknowledged is there", "the storage history of %s is answered %d %s", item.DFID, answer.Status, answer.Text)
		return
	}
	pinned, primaries := c.outside.node().Pinned(), 0
	for _, r := range h.Data.Records {
		if !strings.Contains(pinned[r.Location.IPFS.CID], item.DFID) {
			c.violate("what was acknowledged is there", "%s is stored at %s, where there is %q", item.DFID, r.Location.IPFS.CID, pinned[r.Location.IPFS.CID])
		}
		if r.Primary {
			primaries++
		}
	}
	for _, u := range h.Data.Pending {
		if u.Status != "failed" {
			c.violate("everything comes to rest", "upload %s of %s is %s for ever", u.ID, item.DFID, u.Status)
		}
	}
	if len(h.Data.Records) > 0 && primaries != 1 || len(h.Data.Records)+len(h.Data.Pending) == 0 {
		c.violate("what was acknowledged is there", "%s was to be stored, and its history is %s", item.DFID, answer.Text)
	}
	if stranger := c.Stranger(item.owner); stranger != nil && !c.checked["shared "+item.DFID+" "+stranger.UserID] && c.random.IntN(4) == 0 {
		c.snoopStorage(item, stranger)
	}
}

// snoopStorage looks at the history as somebody who may or may not see the item: who does not see the item sees no
// history.
func (c *Client) snoopStorage(item *Item, stranger *Account) {
	token := c.fresh(stranger)
	seen := c.Do(Request{Method: "GET", Path: "/api/items/" + item.DFID, Token: token})
	history := c.Do(Request{Method: "GET", Path: "/api/storage-history/" + item.DFID, Token: token})
	if seen.Status == http.StatusNotFound && history.OK() {
		c.violate("nobody reads what they may not", "the storage history of %s is shown to %s", item.DFID, stranger.UserID)
	}
}

// checkStatistics compares the sums that an account is shown with its records.
func (c *Client) checkStatistics(a *Account) {
	records, items := 0, map[string]bool{}
	owners := c.itemOwners()
	for _, r := range c.state() {
		parts := strings.Split(r.Key, "/")
		if len(parts) > 4 && parts[2] == "storage" && parts[3] == "record" && owners[parts[1]] == a.UserID {
			records++
			items[parts[1]] = true
		}
	}
	answer := c.Do(Request{Method: "GET", Path: "/api/storage-history/statistics", Token: c.fresh(a)})
	got, want := fmt.Sprint(answer.Get("statistics.total_storage_locations"), answer.Get("statistics.total_items_tracked")), fmt.Sprint(records, len(items))
	if got != want {
		c.violate("sums agree with what they count", "%s is shown %s records and items, there are %s: %s", a.UserID, got, want, answer.Text)
	}
}

// migrateItem asks for a copy of an item that a circuit without an adapter holds, and then makes some copy the primary;
// several clients at once.
func migrateItem(c *Client) {
	a, item := c.item()
	if item == nil {
		return
	}
	var k *Circuit
	for _, other := range c.circuits {
		if other.owner.UserID == a.UserID && !other.stores {
			k = other
		}
	}
	if k == nil {
		if k = foundCircuit(c, a); k == nil {
			return
		}
	}
	c.offer(k, item.DFID, a.Token)
	c.Together(1+c.random.IntN(2), func(one *Client) {
		answer := one.Do(Request{Method: "POST", Path: "/api/storage-history/" + item.DFID + "/migrate", Token: a.Token, Once: true, Body: map[string]any{
			"target_adapter_type": ipfsType, "circuit_id": k.ID,
		}})
		if !answer.OK() {
			return
		}
		id := answer.String("outbox_id")
		one.Finally("migration "+id, func(last *Client) {
			if !last.uploadEnded(item.DFID, id) {
				last.violate("what was acknowledged is there", "migration %s of %s has neither succeeded nor failed", id, item.DFID)
			}
			last.checkStored(item)
		})
	})
	answer := c.Do(Request{Method: "GET", Path: "/api/storage-history/" + item.DFID, Token: a.Token})
	var h storageHistory
	_ = json.Unmarshal(answer.Text, &h)
	if !answer.OK() || len(h.Data.Records) == 0 {
		return
	}
	c.Do(Request{Method: "POST", Path: "/api/storage-history/" + item.DFID + "/primary", Token: a.Token, Once: true, Body: map[string]any{
		"storage_location": map[string]any{"IPFS": map[string]any{"cid": h.Data.Records[0].Location.IPFS.CID, "pinned": true}},
	}})
}

// adapterLook asks whether the adapter works: the service asks the node meanwhile. An admin tests it with a record.
func adapterLook(c *Client) {
	a := c.Account()
	if a == nil {
		return
	}
	for range 1 + c.random.IntN(3) {
		look := one(c.random, []string{"status", "health"})
		answer := c.Do(Request{Method: "GET", Path: "/api/adapters/" + ipfsType + "/" + look, Token: a.Token})
		if look == "health" && answer.OK() && answer.Get("healthy") != true {
			c.violate("a request is answered as documented", "the health of the adapter is answered %s", answer.Text)
		}
	}
	if c.random.IntN(2) > 0 {
		return
	}
	if answer := c.Do(Request{Method: "POST", Path: "/api/test/blockchain", Token: a.Token, Body: map[string]any{"adapter_type": ipfsType}}); answer.OK() {
		c.violate("nobody changes what they may not", "%s, who is no admin, tests an adapter", a.UserID)
	}
	answer := c.Do(Request{Method: "POST", Path: "/api/test/blockchain", Token: c.adminToken(), Body: map[string]any{"adapter_type": one(c.random, []string{"none", ipfsType})}})
	if answer.OK() && answer.Get("verified") != true {
		c.violate("a request is answered as documented", "a test of an adapter is answered %d %s", answer.Status, answer.Text)
	}
}

// adapterChoose chooses the adapter of an account or looks which it is; several clients at once.
func adapterChoose(c *Client) {
	a := c.Account()
	if a == nil {
		return
	}
	register := "adapter of " + a.UserID
	c.Together(2, func(one *Client) {
		began := one.now
		if one.random.IntN(2) == 0 {
			choice := []string{"none", ipfsType}[one.random.IntN(2)]
			answer := one.Do(Request{Method: "POST", Path: "/api/adapters/select", Token: a.Token, Attempts: 1, Body: map[string]any{"adapter_type": choice}})
			if answer.OK() || answer.Unsure {
				one.Set(register, choice, began, !answer.OK())
			}
			return
		}
		if answer := one.Do(Request{Method: "GET", Path: "/api/adapters", Token: a.Token, Attempts: 1}); answer.OK() {
			one.See(register, answer.String("selected_adapter"), began)
		}
	})
}

// adapterConfig makes a configuration under one of few names, chooses the default, and deletes: all of that at once with
// other admins. All lead to the same node.
func adapterConfig(c *Client) {
	token := c.adminToken()
	if token == "" {
		return
	}
	c.Together(1+c.random.IntN(2), func(one *Client) {
		name := fmt.Sprintf("node %d", one.random.IntN(3))
		answer := one.Do(Request{Method: "POST", Path: "/api/admin/adapters", Token: token, Once: true, Body: map[string]any{
			"name": name, "description": "of step " + one.step.ID, "adapter_type": ipfsType, "connection_details": map[string]any{
				"endpoint": "https://" + ipfsHost + "/node", "auth_type": "Bearer", "api_key": nodeSecret, "timeout_ms": 1000 + one.random.IntN(9000),
				"retry_attempts": one.random.IntN(4), "max_concurrent_requests": 1 + one.random.IntN(3), "custom_headers": map[string]string{},
			},
		}})
		id := answer.String("config.config_id")
		if !answer.OK() {
			return
		}
		if one.random.IntN(2) == 0 {
			one.Do(Request{Method: "POST", Path: "/api/admin/adapters/" + id + "/set-default", Token: token, Once: true})
		}
		one.checkConfigs(token)
		if one.random.IntN(2) == 0 {
			if gone := one.Do(Request{Method: "DELETE", Path: "/api/admin/adapters/" + id, Token: token}); gone.OK() {
				one.Finally("", func(last *Client) {
					if slices.Contains(last.checkConfigs(last.adminToken()), id) {
						last.violate("what was acknowledged is there", "configuration %s is there after its end", id)
					}
				})
			}
			return
		}
		one.Finally("", func(last *Client) {
			if ids := last.checkConfigs(last.adminToken()); !slices.Contains(ids, id) {
				last.violate("what was acknowledged is there", "configuration %s is not among %d", id, len(ids))
			}
		})
	})
}

// nodeSecret is what the configurations hold and nobody is shown.
const nodeSecret = "secret of the node"

// checkConfigs lists the configurations: names have one owner, one is the default at most, and no secret is shown.
func (c *Client) checkConfigs(token string) (ids []string) {
	answer := c.Do(Request{Method: "GET", Path: "/api/admin/adapters?limit=200", Token: token})
	var body struct {
		Configs []struct {
			ID      string `json:"config_id"`
			Name    string
			Default bool `json:"is_default"`
		}
	}
	if !answer.OK() || json.Unmarshal(answer.Text, &body) != nil {
		return nil
	}
	named, defaults := map[string]string{}, 0
	for _, k := range body.Configs {
		ids = append(ids, k.ID)
		if other := named[k.Name]; other != "" {
			c.result.TwoOwners = true
			c.violate("a name has one owner", "%q belongs to the configurations %s and %s", k.Name, other, k.ID)
		}
		named[k.Name] = k.ID
		if k.Default {
			defaults++
		}
	}
	if defaults > 1 {
		c.violate("one configuration is the default", "there are %d: %s", defaults, answer.Text)
	}
	if strings.Contains(string(answer.Text), nodeSecret) {
		c.violate("nobody reads what they may not", "the configurations show a secret: %s", answer.Text)
	}
	return ids
}
