package simulate

func init() {
	addScript(Script{Name: "decide", Weight: 3, Scenarios: []string{"operations"}, Run: decide})
}

// decide approves operations that wait, or turns them down; several admins at once.
func decide(c *Client) {
	k, t := c.waiting()
	if t == nil {
		return
	}
	k.deciding[t.ID] = true
	c.Together(1+c.random.IntN(3), func(one *Client) {
		r := Request{Method: "POST", Token: k.owner.Token, Once: true}
		status := "Completed"
		switch one.random.IntN(3) {
		case 0:
			r.Path = "/api/circuits/operations/" + t.ID + "/approve"
		case 1:
			r.Path = k.path("/pending-items/" + t.ID + "/approve")
		default:
			r.Path, status = k.path("/pending-items/"+t.ID+"/reject"), "Rejected"
			r.Body = map[string]any{"reason": "of step " + one.step.ID}
		}
		if answer := one.Do(r); answer.OK() {
			t.decide(one, status)
		}
	})
	if c.random.IntN(2) == 0 {
		c.Do(Request{Method: "GET", Path: k.path("/pending-items"), Token: k.owner.Token})
	}
}

// waiting is an operation that some client was told to wait; the newest, mostly.
func (c *Client) waiting() (*Circuit, *Told) {
	for n := len(c.circuits) - 1; n >= 0; n-- {
		k := c.circuits[n]
		for m := len(k.told) - 1; m >= 0; m-- {
			if t := k.told[m]; t.pending && len(t.decided) == 0 && c.random.IntN(3) > 0 {
				return k, t
			}
		}
	}
	return nil, nil
}
