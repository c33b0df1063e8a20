package simulate

import (
	"fmt"
	"net/http"
	"strings"
)

func init() {
	addScript(Script{Name: "circuit_seats", Weight: 2, Scenarios: []string{"circuits", "operations"}, Run: circuitSeats})
	addScript(Script{Name: "circuit_roles", Weight: 1, Scenarios: []string{"circuits"}, Run: circuitRoles})
	addScript(Script{Name: "circuit_snoop", Weight: 1, Scenarios: []string{"circuits", "operations"}, Run: circuitSnoop})
}

// circuitSeats lets somebody in, gives them another role, puts them out or lets them leave, and looks; two clients at
// once.
func circuitSeats(c *Client) {
	k, guest := c.circuitWithGuest()
	if guest == nil {
		return
	}
	c.Together(2, func(one *Client) {
		switch one.random.IntN(5) {
		case 0:
			one.letIn(k, guest, one.someRole())
		case 1:
			one.assign(k, guest, map[string]any{"role": one.someRole()})
		case 2, 3:
			one.putOut(k, guest)
		default:
			one.lookAt(k, guest, one.either(k.owner, guest))
		}
	})
}

func (c *Client) either(a, b *Account) *Account { return one(c.random, []*Account{a, b}) }

func (c *Client) someRole() string {
	return one(c.random, []string{"Member", "Member", "Viewer", "Admin"})
}

// assign gives somebody another role.
func (c *Client) assign(k *Circuit, a *Account, role map[string]any) {
	began := c.now
	name := role["role"].(string)
	if custom, ok := role["custom_role_name"].(string); ok {
		name = custom
	}
	k.ever[a.UserID] = true
	c.moved(k, a, name, c.Do(Request{Method: "PATCH", Path: k.path("/members/" + a.UserID), Token: k.owner.Token, Attempts: 1, Body: role}), began)
}

// putOut removes somebody, or has them leave. From then on they read nothing of the circuit, unless they are let in again.
func (c *Client) putOut(k *Circuit, a *Account) {
	token := k.owner.Token
	if c.random.IntN(2) == 0 {
		token = a.Token
	}
	began := c.now
	answer := c.Do(Request{Method: "DELETE", Path: k.path("/members/" + a.UserID), Token: token, Attempts: 1})
	c.moved(k, a, "", answer, began)
	if answer.OK() {
		c.lookAt(k, a, a)
	}
}

// circuitRoles makes a role, gives it to somebody and takes it away; two clients at once.
func circuitRoles(c *Client) {
	k, guest := c.circuitWithGuest()
	if guest == nil {
		return
	}
	name := fmt.Sprintf("role %d", c.random.IntN(2))
	c.Do(Request{Method: "POST", Path: k.path("/roles"), Token: k.owner.Token, Once: true, Body: map[string]any{
		"role_name": name, "permissions": []string{"push"}, "description": "simulated",
	}})
	c.Together(2, func(one *Client) {
		path := k.path("/roles/" + strings.ReplaceAll(name, " ", "%20"))
		switch one.random.IntN(3) {
		case 0:
			one.assign(k, guest, map[string]any{"role": "Member", "custom_role_name": name})
		case 1:
			one.Do(Request{Method: "PUT", Path: path, Token: k.owner.Token, Body: map[string]any{"permissions": []string{"push", "pull"}}})
		default:
			one.Do(Request{Method: "DELETE", Path: path, Token: k.owner.Token})
		}
	})
	c.lookAt(k, guest, k.owner)
}

// circuitSnoop looks at a circuit as somebody whom nobody has ever let in: there is no such circuit, and no such item.
func circuitSnoop(c *Client) {
	a := c.Account()
	if a == nil {
		return
	}
	for _, k := range c.circuits {
		if k.ever[a.UserID] {
			continue
		}
		requests := []Request{
			{Method: "GET", Path: k.path("")}, {Method: "GET", Path: k.path("/items?include_events=true")}, {Method: "GET", Path: k.path("/operations")},
			{Method: "GET", Path: k.path("/activities")}, {Method: "GET", Path: k.path("/pending-items")},
			{Method: "POST", Path: k.path("/push-local"), Once: true, Body: map[string]any{"local_id": "00000000-0000-4000-8000-000000000000"}},
		}
		if len(k.dfids) > 0 {
			requests = append(requests, Request{Method: "POST", Path: k.path("/pull/" + one(c.random, k.dfids)), Once: true})
		}
		r := one(c.random, requests)
		r.Token, r.Attempts = a.Token, 1
		answer := c.Do(r)
		if k.ever[a.UserID] || answer.Failed() || answer.Status == http.StatusUnauthorized || answer.Get("account_status") != nil {
			continue // a frozen account gets nowhere near
		}
		if answer.Status != http.StatusNotFound || strings.Contains(string(answer.Text), k.ID) {
			c.violate("nobody reads what they may not", "%s %s by a stranger is answered %d %s", r.Method, r.Path, answer.Status, answer.Text)
		}
	}
}
