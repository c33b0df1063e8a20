package simulate

func init() {
	addScript(Script{Name: "pull", Weight: 2, Scenarios: []string{"pushes", "operations"}, Run: pull})
}

// pull takes an item out of a circuit, or asks to; two members at once. Who has taken it goes on reading it.
func pull(c *Client) {
	a, k := c.insider()
	if k == nil || len(k.dfids) == 0 {
		return
	}
	dfid := one(c.random, k.dfids)
	other := c.colleague(k, a)
	k.pulled[dfid] = true
	c.Together(1+c.random.IntN(2), func(one *Client) {
		by := a
		if one.random.IntN(2) == 0 {
			by = other
		}
		answer := one.Do(Request{Method: "POST", Path: k.path("/pull/" + dfid), Token: by.Token, Once: true})
		if !answer.OK() {
			return
		}
		pending := answer.String("operation.status") == "Pending"
		k.tell(one, &Told{ID: answer.String("operation.operation_id"), DFID: dfid, Type: "Pull", pending: pending})
		if shown := answer.String("item.dfid"); pending != (shown == "") || shown != "" && shown != dfid {
			one.violate("a request is answered as documented", "a pull of %s is answered %s", dfid, answer.Text)
		}
		if pending {
			return
		}
		one.Finally("pulled "+dfid+" "+by.UserID, func(last *Client) {
			if answer := last.Do(Request{Method: "GET", Path: "/api/items/" + dfid, Token: last.fresh(by)}); !answer.OK() {
				last.violate("what was acknowledged is there", "%s was pulled by %s and is answered %d %s", dfid, by.UserID, answer.Status, answer.Text)
			}
		})
	})
}
