package simulate

import (
	"encoding/json"
	"net/http"
	"time"
)

// path is where the routes of a circuit begin.
func (k *Circuit) path(more string) string { return "/api/circuits/" + k.ID + more }

// seat is the register of what somebody is in a circuit: the name of a role, "" for a stranger. Every change and every
// look goes through it, so that who was let in or put out is so for all, at once and for good.
func (k *Circuit) seat(a *Account) string { return "seat of " + a.UserID + " in circuit " + k.ID }

// letIn makes somebody a member, by the owner's word or at their own request.
func (c *Client) letIn(k *Circuit, guest *Account, role string) bool {
	k.ever[guest.UserID] = true
	began := c.now
	r := Request{Method: "POST", Path: k.path("/members"), Token: k.owner.Token, Once: true, Attempts: 1, Body: map[string]any{"member_id": guest.UserID, "role": role}}
	if c.random.IntN(3) == 0 {
		if asked := c.Do(Request{Method: "POST", Path: k.path("/requests"), Token: guest.Token, Once: true}); !asked.OK() {
			return false
		}
		began = c.now
		r.Path, r.Body = k.path("/requests/"+guest.UserID+"/approve"), map[string]any{"role": role}
	}
	answer := c.Do(r)
	c.moved(k, guest, role, answer, began)
	if !answer.OK() {
		return false
	}
	for _, a := range k.inside {
		if a.UserID == guest.UserID {
			return true
		}
	}
	k.inside = append(k.inside, guest)
	c.Finally(k.seat(guest), func(last *Client) { last.checkSeat(k, guest) })
	return true
}

// moved notes that somebody is to be something else in a circuit.
func (c *Client) moved(k *Circuit, a *Account, role string, answer Answer, began time.Time) {
	if answer.OK() || answer.Unsure {
		c.Set(k.seat(a), role, began, !answer.OK())
	}
}

// lookAt notes what somebody is in a circuit, as the owner sees it or as they find out themselves: a stranger sees no
// circuit.
func (c *Client) lookAt(k *Circuit, a, as *Account) (role string, ok bool) {
	began := c.now
	answer := c.Do(Request{Method: "GET", Path: k.path(""), Token: as.Token, Attempts: 1})
	if answer.Status == http.StatusNotFound && a == as {
		c.See(k.seat(a), "", began)
		return "", true
	}
	var body struct {
		Members []struct {
			ID     string  `json:"member_id"`
			Role   string  `json:"role"`
			Custom *string `json:"custom_role_name"`
		}
	}
	if !answer.OK() || json.Unmarshal(answer.Text, &body) != nil {
		return "", false
	}
	for _, m := range body.Members {
		if m.ID == a.UserID {
			if role = m.Role; m.Custom != nil {
				role = *m.Custom
			}
		}
	}
	c.See(k.seat(a), role, began)
	return role, true
}

// checkSeat looks once more, and as that somebody: a stranger reads nothing of the circuit.
func (c *Client) checkSeat(k *Circuit, a *Account) {
	c.fresh(k.owner)
	role, ok := c.lookAt(k, a, k.owner)
	if !ok {
		c.violate("what was acknowledged is there", "the owner of circuit %s cannot see it", k.ID)
		return
	}
	c.fresh(a)
	for _, path := range []string{"", "/items", "/operations", "/activities"} {
		answer := c.Do(Request{Method: "GET", Path: k.path(path), Token: a.Token})
		switch {
		case role == "" && answer.Status != http.StatusNotFound:
			c.violate("nobody reads what they may not", "%s is no member of circuit %s, and %q is answered %d %s", a.UserID, k.ID, path, answer.Status, answer.Text)
		case role != "" && !answer.OK():
			c.violate("what was acknowledged is there", "%s is a member of circuit %s, and %q is answered %d %s", a.UserID, k.ID, path, answer.Status, answer.Text)
		}
	}
}

// insider is an account of the client, or a colleague's, in a circuit that it belongs to as far as the client knows.
// Circuits of others come first: there are the others.
func (c *Client) insider() (*Account, *Circuit) {
	a := c.Account()
	if a == nil {
		return nil, nil
	}
	var own, theirs []*Circuit
	for _, k := range c.circuits {
		switch {
		case k.owner.UserID == a.UserID || k.has(a):
			own = append(own, k)
		default:
			theirs = append(theirs, k)
		}
	}
	if len(theirs) > 0 && (len(own) == 0 || c.random.IntN(3) == 0) {
		if k := one(c.random, theirs); c.letIn(k, a, "Member") {
			return a, k
		}
	}
	if len(own) == 0 {
		return a, foundCircuit(c, a)
	}
	return a, one(c.random, own)
}

// insiderWithItem is insider with an item of theirs; without one the item is nil.
func (c *Client) insiderWithItem() (*Account, *Circuit, *Item) {
	a, k := c.insider()
	if k == nil {
		return a, nil, nil
	}
	return a, k, c.itemOf(a)
}

// circuitWithGuest is a circuit of the client with an account other than its owner's; without both the guest is nil.
func (c *Client) circuitWithGuest() (*Circuit, *Account) {
	k := c.circuit()
	if k == nil {
		return nil, nil
	}
	return k, c.Stranger(k.owner)
}

func (k *Circuit) has(a *Account) bool {
	for _, other := range k.inside {
		if other.UserID == a.UserID {
			return true
		}
	}
	return false
}

// colleague is another account in the circuit, the same one where there is none.
func (c *Client) colleague(k *Circuit, than *Account) *Account {
	all := []*Account{k.owner}
	all = append(all, k.inside...)
	for range 3 {
		if a := one(c.random, all); a.UserID != than.UserID {
			return a
		}
	}
	return than
}
