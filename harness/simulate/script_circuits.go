package simulate

// Circuit is a circuit that was acknowledged.
type Circuit struct {
	ID    string
	owner *Account

	stores                   bool     // its adapter stores what is pushed into it
	actions                  *actions // its post-actions, once somebody has set them
	approvePush, approvePull bool
	inside                   []*Account        // whom somebody has let in
	ever                     map[string]bool   // users that somebody has tried to let in
	deciding                 map[string]bool   // operations that somebody has tried to decide
	told                     []*Told           // operations that clients were told of
	dfids                    []string          // items that somebody has tried to push into it
	pulled                   map[string]bool   // items that somebody has tried to pull
	identities               map[string]string // identity of a local item to the item that it has become
}

func init() {
	addScript(Script{Name: "circuit_create", Weight: 2, Scenarios: []string{"circuits"}, Run: circuitCreate})
	addScript(Script{Name: "circuit_rename", Weight: 2, Scenarios: []string{"circuits"}, Run: circuitRename})
	addScript(Script{Name: "circuit_member", Weight: 2, Scenarios: []string{"circuits"}, Run: circuitMember})
}

func circuitCreate(c *Client) {
	if a := c.Account(); a != nil {
		foundCircuit(c, a)
	}
}

func foundCircuit(c *Client, a *Account) *Circuit {
	name := "circuit of step " + c.step.ID
	circuit := &Circuit{
		owner: a, approvePush: c.random.IntN(3) == 0, approvePull: c.random.IntN(3) == 0,
		ever: map[string]bool{a.UserID: true}, deciding: map[string]bool{}, pulled: map[string]bool{}, identities: map[string]string{},
	}
	answer := c.Do(Request{Method: "POST", Path: "/api/circuits", Token: a.Token, Once: true, Body: map[string]any{
		"name": name, "description": "simulated", "require_approval_for_push": circuit.approvePush, "require_approval_for_pull": circuit.approvePull,
	}})
	if !answer.OK() {
		return nil
	}
	circuit.ID = answer.String("circuit_id")
	for _, other := range c.circuits {
		if other.ID == circuit.ID {
			return other
		}
	}
	c.circuits = append(c.circuits, circuit)
	c.Set("name of circuit "+circuit.ID, name, c.start, false)
	c.Finally("circuit "+circuit.ID, func(last *Client) {
		if answer := last.Do(Request{Method: "GET", Path: "/api/circuits/" + circuit.ID, Token: last.fresh(a)}); !answer.OK() {
			last.violate("what was acknowledged is there", "circuit %s is answered %d %s", circuit.ID, answer.Status, answer.Text)
		}
	})
	return circuit
}

func (c *Client) circuit() *Circuit {
	a := c.Account()
	if a == nil {
		return nil
	}
	for _, circuit := range c.circuits {
		if circuit.owner.UserID == a.UserID {
			return circuit
		}
	}
	return foundCircuit(c, a)
}

// circuitRename changes a circuit's name or looks at it; several clients at
// once.
func circuitRename(c *Client) {
	circuit := c.circuit()
	if circuit == nil {
		return
	}
	path, register := "/api/circuits/"+circuit.ID, "name of circuit "+circuit.ID
	c.Together(2, func(one *Client) {
		began := one.now
		if one.random.IntN(2) == 0 {
			name := "name " + one.step.ID
			answer := one.Do(Request{Method: "PATCH", Path: path, Token: circuit.owner.Token, Attempts: 1, Body: map[string]any{"name": name}})
			if answer.OK() || answer.Unsure {
				one.Set(register, name, began, !answer.OK())
			}
			return
		}
		if answer := one.Do(Request{Method: "GET", Path: path, Token: circuit.owner.Token, Attempts: 1}); answer.OK() {
			one.See(register, answer.String("name"), began)
		}
	})
}

// circuitMember lets somebody in. From then on they are among the members.
func circuitMember(c *Client) {
	if k, guest := c.circuitWithGuest(); guest != nil {
		c.letIn(k, guest, "Member")
	}
}
