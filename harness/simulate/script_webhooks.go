package simulate

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// Webhook is a webhook that was acknowledged.
type Webhook struct {
	ID    string
	ended bool // somebody has tried to delete it
	tests int  // idempotency keys under which somebody asked for a test
}

// actions are a circuit's post-actions as clients know them.
type actions struct {
	hooks    []*Webhook
	state    string // whether pushes are told of, "on" or "off": acknowledged, and nobody has tried to change it since
	turns    int    // how often somebody has tried to switch them on or off
	changing int    // clients that do so now
	doubt    bool   // somebody may have done so, now or later
	pushes   []pushTold
	tested   []string // ids of deliveries
}

// pushTold is a push that was acknowledged, and whom it had to be told to.
type pushTold struct {
	operation string
	hooks     []*Webhook
	nobody    bool // the post-actions were off
}

func init() {
	addScript(Script{Name: "webhook_settings", Weight: 1, Scenarios: []string{"webhooks"}, Run: webhookSettings})
	addScript(Script{Name: "webhook_push", Weight: 2, Scenarios: []string{"webhooks"}, Run: webhookPush})
	addScript(Script{Name: "webhook_change", Weight: 1, Scenarios: []string{"webhooks"}, Run: webhookChange})
}

// hookSecret is what webhooks hold and nobody is shown.
const hookSecret = "secret of the webhook"

// acting is a circuit of the client's account with post-actions that somebody has set.
func (c *Client) acting() *Circuit {
	a := c.Account()
	if a == nil {
		return nil
	}
	for _, k := range c.circuits {
		if k.owner.UserID == a.UserID && k.actions != nil {
			return k
		}
	}
	k := c.circuit()
	if k == nil || k.owner.UserID != a.UserID {
		return nil
	}
	if k.actions == nil {
		k.actions = &actions{state: "off"}
	}
	c.Finally("deliveries of "+k.ID, func(last *Client) { last.checkDeliveries(k) })
	c.hook(k)
	return k
}

// hook makes a webhook. Its secrets are shown to nobody.
func (c *Client) hook(k *Circuit) {
	answer := c.Do(Request{Method: "POST", Path: k.path("/post-actions/webhooks"), Token: k.owner.Token, Once: true, Body: map[string]any{
		"name": "hook of step " + c.step.ID, "url": "https://receiver.example/in", "auth_type": "BearerToken", "auth_credentials": hookSecret, "signing_secret": hookSecret,
	}})
	c.keepsSecret(answer)
	if answer.OK() {
		k.actions.hooks = append(k.actions.hooks, &Webhook{ID: answer.String("data.id")})
	}
}

func (c *Client) keepsSecret(answer Answer) {
	if strings.Contains(string(answer.Text), hookSecret) {
		c.violate("nobody reads what they may not", "a secret is shown: %s", answer.Text)
	}
}

// webhookSettings switches the post-actions of a circuit on or off, or what they are about.
func webhookSettings(c *Client) {
	k := c.acting()
	if k == nil {
		return
	}
	c.listen(k, c.random.IntN(3) > 0)
	c.keepsSecret(c.Do(Request{Method: "GET", Path: k.path("/post-actions"), Token: k.owner.Token}))
	if stranger := c.Stranger(k.owner); stranger != nil && !k.ever[stranger.UserID] {
		for _, path := range []string{"/post-actions", "/post-actions/deliveries"} {
			answer := c.Do(Request{Method: "GET", Path: k.path(path), Token: stranger.Token})
			if answer.OK() {
				c.violate("nobody reads what they may not", "%s of circuit %s is shown to %s", path, k.ID, stranger.UserID)
			}
		}
	}
}

// listen asks for pushes to be told of, or for nothing to be.
func (c *Client) listen(k *Circuit, on bool) {
	triggers := []string{"ItemPublished"}
	if on {
		triggers = append(triggers, "item_pushed")
	}
	s := k.actions
	s.turns++
	turn, alone := s.turns, s.changing == 0
	s.state = ""
	s.changing++
	answer := c.Do(Request{Method: "PUT", Path: k.path("/post-actions"), Token: k.owner.Token, Attempts: 1, Body: map[string]any{
		"enabled": true, "include_storage_details": false, "include_item_metadata": false, "trigger_events": triggers,
	}})
	s.changing--
	s.doubt = s.doubt || !answer.OK()
	if alone && s.turns == turn && !s.doubt {
		s.state = map[bool]string{true: "on", false: "off"}[on]
	}
}

// webhookPush pushes an item, several clients at once. Each push is told once to every webhook that stood before it.
func webhookPush(c *Client) {
	k := c.acting()
	if k == nil {
		return
	}
	if k.actions.state != "on" && c.random.IntN(2) == 0 {
		c.listen(k, true)
	}
	item := createItem(c, k.owner, "lot of circuit "+k.ID)
	if item == nil {
		return
	}
	c.Together(1+c.random.IntN(2), func(one *Client) {
		var hooks []*Webhook
		turn, state := k.actions.turns, k.actions.state
		if state == "on" {
			for _, h := range k.actions.hooks {
				if !h.ended {
					hooks = append(hooks, h)
				}
			}
		}
		answer := one.offer(k, item.DFID, k.owner.Token)
		if !answer.OK() || answer.String("status") != "Completed" {
			return
		}
		if k.actions.turns != turn {
			hooks, state = nil, "" // they may have been switched on or off before
		}
		hooks = slices.DeleteFunc(hooks, func(h *Webhook) bool { return h.ended })
		k.actions.pushes = append(k.actions.pushes, pushTold{answer.String("operation_id"), hooks, state == "off"})
	})
}

// webhookChange adds, tests or deletes webhooks.
func webhookChange(c *Client) {
	k := c.acting()
	if k == nil {
		return
	}
	if len(k.actions.hooks) == 0 || c.random.IntN(3) == 0 {
		c.hook(k)
		return
	}
	h := one(c.random, k.actions.hooks)
	path := k.path("/post-actions/webhooks/" + h.ID)
	c.Together(1+c.random.IntN(2), func(one *Client) {
		answer := one.Do(Request{Method: "POST", Path: path + "/test", Token: k.owner.Token, Once: true})
		h.tests += answer.Keys
		if answer.OK() {
			k.actions.tested = append(k.actions.tested, answer.String("delivery_id"))
		}
	})
	if c.random.IntN(3) > 0 {
		return
	}
	h.ended = true
	if answer := c.Do(Request{Method: "DELETE", Path: path, Token: k.owner.Token}); !answer.OK() {
		return
	}
	c.Finally("", func(last *Client) {
		if answer := last.Do(Request{Method: "GET", Path: path, Token: last.fresh(k.owner)}); answer.Status != http.StatusNotFound {
			last.violate("what was acknowledged is there", "webhook %s was deleted, and is answered %d %s", h.ID, answer.Status, answer.Text)
		}
	})
}

// delivery is one as the owner of a circuit is shown it.
type delivery struct {
	ID      string
	Webhook string `json:"webhook_id"`
	Trigger string `json:"trigger_event"`
	Status  string
	Payload struct {
		Operation string `json:"operation_id"`
	}
}

// checkDeliveries compares the deliveries of a circuit with its pushes: each is told once to each webhook that it had to
// be told to, and nothing that nobody asked for. Nothing is delivered yet, so each waits, or has failed with its webhook.
func (c *Client) checkDeliveries(k *Circuit) {
	var all []delivery
	for path := k.path("/post-actions/deliveries?limit=200"); path != ""; {
		answer := c.Do(Request{Method: "GET", Path: path, Token: c.fresh(k.owner)})
		var page struct {
			Data []delivery
			Next *string `json:"next_cursor"`
		}
		if !answer.OK() || json.Unmarshal(answer.Text, &page) != nil {
			c.violate("what was acknowledged is there", "the deliveries of circuit %s are answered %d %s", k.ID, answer.Status, answer.Text)
			return
		}
		all = append(all, page.Data...)
		if path = ""; page.Next != nil {
			path = k.path("/post-actions/deliveries?limit=200&cursor=" + *page.Next)
		}
	}
	byPush, tests, ids := map[[2]string]int{}, map[string]int{}, map[string]int{}
	for _, d := range all {
		ids[d.ID]++
		if d.Trigger == "WebhookTest" {
			tests[d.Webhook]++
		} else {
			byPush[[2]string{d.Payload.Operation, d.Webhook}]++
		}
		switch n := byPush[[2]string{d.Payload.Operation, d.Webhook}]; {
		case n > 1, ids[d.ID] > 1:
			c.violate("a delivery is made once", "%+v is there twice", d)
		case n > 0 && d.Trigger != "ItemPushed":
			c.violate("nobody is told what they may not know", "circuit %s asks for no %s, and there is %+v", k.ID, d.Trigger, d)
		case d.Status != "Pending" && d.Status != "Failed":
			c.violate("what was acknowledged is there", "%+v is in a state that nothing leads to", d)
		}
	}
	for _, push := range k.actions.pushes {
		for of, n := range byPush {
			if of[0] == push.operation && push.nobody {
				c.violate("nobody is told what they may not know", "circuit %s asks for no pushes, and push %s has %d deliveries to webhook %s", k.ID, of[0], n, of[1])
			}
		}
		for _, h := range push.hooks {
			if byPush[[2]string{push.operation, h.ID}] != 1 {
				c.violate("what was acknowledged is there", "push %s has %d deliveries to webhook %s", push.operation, byPush[[2]string{push.operation, h.ID}], h.ID)
			}
		}
	}
	for _, h := range k.actions.hooks {
		if tests[h.ID] > h.tests {
			c.violate("one effect per idempotency key", "webhook %s has %d tests under %d idempotency keys", h.ID, tests[h.ID], h.tests)
		}
		answer := c.Do(Request{Method: "GET", Path: k.path("/post-actions/webhooks/" + h.ID), Token: c.fresh(k.owner)})
		c.keepsSecret(answer)
		if !h.ended && !answer.OK() {
			c.violate("what was acknowledged is there", "webhook %s is answered %d %s", h.ID, answer.Status, answer.Text)
		}
	}
	for _, id := range k.actions.tested {
		if ids[id] != 1 {
			c.violate("what was acknowledged is there", "test %s of circuit %s is not among %d deliveries", id, k.ID, len(all))
		}
	}
}
