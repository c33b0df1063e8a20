package simulate

import (
	"encoding/json"
	"strings"
	"time"
)

func init() {
	addScript(Script{Name: "admin_credits", Weight: 3, Scenarios: []string{"credits", "admin"}, Run: adminCredits})
}

// adminToken is a token of the first admin, whom the service makes after its
// first answer; "" when it cannot be had now.
func (c *Client) adminToken() string {
	if c.root != "" {
		return c.root
	}
	for range 4 {
		answer := c.Do(Request{Method: "POST", Path: "/api/auth/login", Body: map[string]any{"username": adminName, "password": adminPassword}})
		if answer.OK() {
			c.root = answer.String("token")
			return c.root
		}
		c.Sleep(between(c.random, time.Second, 20*time.Second))
	}
	return ""
}

// adminCredits adds to a balance or takes from it, while others do the same.
func adminCredits(c *Client) {
	a := c.Account()
	if a == nil {
		return
	}
	c.Together(1+c.random.IntN(3), func(one *Client) {
		token := one.adminToken()
		if token == "" {
			return
		}
		reason := "adjustment of step " + one.step.ID + ";"
		amount := 1 + one.random.IntN(60)
		if one.random.IntN(3) == 0 {
			amount = -amount
		}
		answer := one.Do(Request{
			Method: "POST", Path: "/api/admin/users/" + a.UserID + "/credits", Token: token, Once: true,
			Body: map[string]any{"amount": amount, "reason": reason},
		})
		one.Finally("", func(last *Client) { last.checkAdjusted(a, reason, answer) })
	})
	c.Finally("credits of "+a.UserID, func(last *Client) { last.checkCredits(a) })
}

// checkAdjusted compares the history with what was answered: an adjustment that
// was acknowledged is there, and each idempotency key made one at most.
func (c *Client) checkAdjusted(a *Account, reason string, answer Answer) {
	found := 0
	for path := "/users/me/credits/history?limit=200"; path != ""; {
		page := c.Do(Request{Method: "GET", Path: path, Token: c.fresh(a)})
		var history struct {
			Transactions []struct{ Description string }
			Next         *string `json:"next_cursor"`
		}
		if err := json.Unmarshal(page.Text, &history); err != nil || !page.OK() {
			c.violate("what was acknowledged is there", "the credits of %s are answered %d %s", a.UserID, page.Status, page.Text)
			return
		}
		for _, t := range history.Transactions {
			if strings.HasPrefix(t.Description, reason) {
				found++
			}
		}
		if path = ""; history.Next != nil {
			path = "/users/me/credits/history?limit=200&cursor=" + *history.Next
		}
	}
	switch {
	case answer.OK() && found == 0:
		c.result.LostUpdate = true
		c.violate("what was acknowledged is there", "%q of %s was acknowledged and is in no history", reason, a.UserID)
	case found > answer.Keys:
		c.violate("one effect per idempotency key", "%q took effect %d times under %d idempotency keys", reason, found, answer.Keys)
	}
}
