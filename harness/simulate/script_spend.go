package simulate

import (
	"fmt"
	"net/http"
)

func init() {
	addScript(Script{Name: "spend", Weight: 3, Scenarios: []string{"credits", "spend"}, Run: spend})
}

// spend leaves an account few credits and has several clients use them at once, until there is nothing left. Where nothing
// is enforced all goes on.
func spend(c *Client) {
	a := c.Account()
	token := c.adminToken()
	if a == nil || token == "" {
		return
	}
	c.Finally("credits of "+a.UserID, func(last *Client) { last.checkCredits(a) })
	c.Do(Request{Method: "PUT", Path: "/api/admin/users/" + a.UserID, Token: token, Body: map[string]any{"credits": c.random.IntN(7)}})
	c.Together(2+c.random.IntN(2), func(one *Client) {
		for n := range 3 {
			if one.use(a, fmt.Sprintf("lot %d of step %s", n, one.step.ID)).Status == http.StatusPaymentRequired {
				return
			}
		}
	})
	if c.random.IntN(3) > 0 { // the others need some too
		c.Do(Request{Method: "POST", Path: "/api/admin/users/" + a.UserID + "/credits", Token: token, Once: true, Body: map[string]any{"amount": 50, "reason": "of step " + c.step.ID}})
	}
}

// use does something that costs. A refusal says what it would have cost and that there is less.
func (c *Client) use(a *Account, lot string) Answer {
	var answer Answer
	if len(a.Keys) > 0 && c.random.IntN(3) == 0 {
		answer = c.Do(Request{Method: "GET", Path: "/api/auth/profile", APIKey: one(c.random, a.Keys).Text, Attempts: 1})
	} else {
		answer = c.Do(Request{Method: "POST", Path: "/api/items", Token: a.Token, Once: true, Body: map[string]any{
			"identifiers":  []map[string]any{{"key": "lot", "value": lot, "id_type": "Canonical"}},
			"source_entry": "5f0c1c3e-8f43-4a51-9d53-0a1b2c3d4e5f",
		}})
		if answer.OK() {
			c.note(a, answer.String("dfid"), lot)
		}
	}
	if answer.Status != http.StatusPaymentRequired {
		return answer
	}
	required, is := answer.Get("required").(float64)
	balance, too := answer.Get("balance").(float64)
	switch {
	case !c.World.plan.World.Enforce:
		c.violate("a charge stands when the item does", "nothing costs, and %s is answered %s", a.UserID, answer.Text)
	case !is || !too || balance < 0 || balance >= required || answer.String("operation") == "":
		c.violate("every failure explains itself", "%s is answered %s", a.UserID, answer.Text)
	}
	return answer
}
