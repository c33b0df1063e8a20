package simulate

import (
	"encoding/json"
	"net/http"
	"time"
)

func init() {
	addScript(Script{Name: "freeze", Weight: 1, Scenarios: []string{"admin"}, Run: freeze})
	addScript(Script{Name: "admin_tier", Weight: 2, Scenarios: []string{"admin"}, Run: adminTier})
}

// blockLag is how long after KV knows of a freeze it may be unknown in some place: a location shows what was replaced for a
// minute.
const blockLag = kvMemory + time.Second

// freeze suspends an account, looks whether it is, and makes it active again. A login is refused at once, other requests a
// minute later everywhere; afterwards all is as it was.
func freeze(c *Client) {
	a := c.Account()
	token := c.adminToken()
	if a == nil || token == "" {
		return
	}
	c.restores(a)
	if c.status(a, token, "freeze", "Suspended") {
		c.checkFrozen(a)
	}
	if c.random.IntN(2) == 0 {
		c.seeStatus(a, token)
	}
	for range 3 {
		if c.status(a, token, "unfreeze", "Active") {
			return
		}
		c.Sleep(between(c.random, time.Second, 20*time.Second))
	}
}

// restores sees to it that an account is active for the checks at the end.
func (c *Client) restores(a *Account) {
	register := "status of " + a.UserID
	if c.checked[register] {
		return
	}
	c.checked[register] = true
	c.Set(register, "Active", c.start, false)
	c.restore = append(c.restore, func(last *Client) {
		token := last.adminToken()
		last.seeStatus(a, token)
		if !last.status(a, token, "unfreeze", "Active") {
			last.violate("what was acknowledged is there", "%s cannot be made active", a.UserID)
		}
	})
	c.Finally("", func(last *Client) {
		last.seeStatus(a, last.adminToken())
		if answer := last.Do(Request{Method: "GET", Path: "/users/me/profile", Token: last.fresh(a)}); answer.String("status") != "Active" {
			last.violate("what was acknowledged is there", "%s was made active, and is answered %d %s", a.UserID, answer.Status, answer.Text)
		}
	})
}

// status freezes or unfreezes an account.
func (c *Client) status(a *Account, token, how, to string) bool {
	began := c.now
	if how == "unfreeze" {
		a.thaws++
	}
	answer := c.Do(Request{Method: "PUT", Path: "/api/admin/users/" + a.UserID + "/" + how, Token: token, Attempts: 1})
	if answer.OK() || answer.Unsure {
		c.Set("status of "+a.UserID, to, began, !answer.OK())
	}
	if answer.OK() && how == "unfreeze" {
		a.thaws++
	}
	return answer.OK()
}

// seeStatus notes the status that an admin is shown.
func (c *Client) seeStatus(a *Account, token string) {
	began := c.now
	if answer := c.Do(Request{Method: "GET", Path: "/api/admin/users/" + a.UserID, Token: token, Attempts: 1}); answer.OK() {
		c.See("status of "+a.UserID, answer.String("user.status"), began)
	}
}

// checkFrozen tries what a frozen account may not do any more, unless somebody makes it active meanwhile.
func (c *Client) checkFrozen(a *Account) {
	thaws, token := a.thaws, a.Token
	login := c.Do(Request{Method: "POST", Path: "/api/auth/login", Body: map[string]any{"username": a.Name, "password": a.Password()}})
	if a.thaws == thaws && login.OK() {
		c.violate("a frozen account is refused", "%s was frozen, and logs in", a.UserID)
	}
	if c.random.IntN(2) == 0 {
		return
	}
	for n := 0; !c.replicated(a, "Suspended"); n++ {
		if n == 60 {
			return // somebody has made it active, or KV has refused writes for long
		}
		c.Sleep(5 * time.Second)
	}
	c.Sleep(blockLag)
	for _, r := range []Request{
		{Method: "GET", Path: "/api/auth/profile", Token: token},
		{Method: "POST", Path: "/api/items/local", Token: token, Body: map[string]any{"enriched_data": map[string]any{"frozen": true}}},
	} {
		answer := c.Do(r)
		if a.thaws == thaws && (answer.OK() || answer.Status == http.StatusForbidden && answer.String("account_status") != "Suspended") {
			c.violate("a frozen account is refused", "%s was frozen over a minute ago, and %s %s is answered %d %s", a.UserID, r.Method, r.Path, answer.Status, answer.Text)
		}
	}
}

// replicated tells whether KV has an account with a status.
func (c *Client) replicated(a *Account, status string) bool {
	for _, e := range c.kv.truth() {
		if e.Key != "user/"+a.UserID+"/account" {
			continue
		}
		var doc struct{ Status string }
		return json.Unmarshal(e.Value, &doc) == nil && doc.Status == status
	}
	return false
}

// adminTier changes the tier of an account or looks at it; several clients at once.
func adminTier(c *Client) {
	a := c.Account()
	token := c.adminToken()
	if a == nil || token == "" {
		return
	}
	register, path := "tier of "+a.UserID, "/api/admin/users/"+a.UserID
	if !c.checked[register] {
		c.checked[register] = true
		c.Set(register, "Basic", c.start, false)
	}
	c.Together(2, func(one *Client) {
		began := one.now
		switch one.random.IntN(3) {
		case 0:
			tier := []string{"Basic", "Professional", "Enterprise"}[one.random.IntN(3)]
			answer := one.Do(Request{Method: "PUT", Path: path, Token: token, Attempts: 1, Body: map[string]any{"tier": tier}})
			if answer.OK() || answer.Unsure {
				one.Set(register, tier, began, !answer.OK())
			}
		case 1:
			if answer := one.Do(Request{Method: "GET", Path: path, Token: token, Attempts: 1}); answer.OK() {
				one.See(register, answer.String("user.tier"), began)
			}
		default:
			if answer := one.Do(Request{Method: "GET", Path: "/users/me/credits/balance", Token: a.Token, Attempts: 1}); answer.OK() {
				one.See(register, answer.String("tier"), began)
			}
		}
	})
	if stolen := c.Do(Request{Method: "PUT", Path: path, Token: a.Token, Attempts: 1, Body: map[string]any{"tier": "Admin", "is_admin": true}}); stolen.OK() {
		c.violate("nobody changes what they may not", "%s makes itself an admin", a.UserID)
	}
}
