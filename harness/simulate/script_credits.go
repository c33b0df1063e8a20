package simulate

import "encoding/json"

func init() {
	addScript(Script{Name: "credits", Weight: 2, Scenarios: []string{"credits"}, Run: lookAtCredits})
}

// lookAtCredits compares the balance with the sum of what is in the history.
func lookAtCredits(c *Client) {
	a := c.Account()
	if a == nil {
		return
	}
	c.Do(Request{Method: "GET", Path: "/users/me/credits/balance", Token: a.Token})
	c.Finally("credits of "+a.UserID, func(last *Client) { last.checkCredits(a) })
}

func (c *Client) checkCredits(a *Account) {
	answer := c.Do(Request{Method: "GET", Path: "/users/me/credits/history?limit=200", Token: c.fresh(a)})
	var history struct {
		Transactions []struct {
			Amount int64 `json:"amount"`
		} `json:"transactions"`
		Total int64 `json:"total_credits"`
	}
	if err := json.Unmarshal(answer.Text, &history); err != nil || !answer.OK() {
		c.violate("what was acknowledged is there", "the credits of %s are answered %d %s", a.UserID, answer.Status, answer.Text)
		return
	}
	sum := int64(0)
	for _, t := range history.Transactions {
		sum += t.Amount
	}
	if sum != history.Total && len(history.Transactions) < 200 {
		c.violate("credits are conserved", "the transactions of %s add up to %d, the balance is %d", a.UserID, sum, history.Total)
	}
}
