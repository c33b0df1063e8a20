package bench

import (
	"context"
	"fmt"
)

// circuit is a circuit that a scenario works with, and its owner.
type circuit struct {
	owner user
	id    string
}

// newCircuit founds a circuit that takes pushes without approval.
func newCircuit(ctx context.Context, c *Client) (circuit, error) {
	u, err := newUser(ctx, c)
	if err != nil {
		return circuit{}, err
	}
	var made struct {
		ID string `json:"circuit_id"`
	}
	_, err = c.do(ctx, Call{Method: "POST", Path: "/api/circuits", Token: u.token, Body: map[string]any{
		"name": "Measured circuit", "description": "Beans", "default_namespace": "bovino",
	}}, &made)
	return circuit{u, made.ID}, err
}

// newLocal makes a local item with an identifier that nobody has, and returns its id.
func newLocal(ctx context.Context, c *Client, u user) (string, error) {
	var local struct {
		Data struct {
			ID string `json:"local_id"`
		} `json:"data"`
	}
	_, err := c.do(ctx, Call{Method: "POST", Path: "/api/items/local", Token: u.token, Body: map[string]any{
		"identifiers":   []map[string]string{{"namespace": "bovino", "key": "rfid", "value": newName() + "-1234567890", "id_type": "Canonical"}},
		"enriched_data": map[string]any{"weight": 412.5},
	}}, &local)
	if err == nil && local.Data.ID == "" {
		err = fmt.Errorf("%s: a local item without an id", c.service.Runtime)
	}
	return local.Data.ID, err
}

func (k circuit) push(local string) Call {
	return Call{Method: "POST", Path: "/api/circuits/" + k.id + "/push-local", Token: k.owner.token, Body: map[string]string{"local_id": local}}
}

// pushNew makes a local item and pushes it, and returns the DFID that it gets.
func (k circuit) pushNew(ctx context.Context, c *Client) (string, error) {
	local, err := newLocal(ctx, c, k.owner)
	if err != nil {
		return "", err
	}
	var pushed struct {
		Data struct {
			DFID string `json:"dfid"`
		} `json:"data"`
	}
	_, err = c.do(ctx, k.push(local), &pushed)
	return pushed.Data.DFID, err
}

// preparePushLocal stocks local items: only what pushes them is measured.
func preparePushLocal(ctx context.Context, c *Client) (requests, error) {
	k, err := newCircuit(ctx, c)
	if err != nil {
		return requests{}, err
	}
	return k.pushes(c), nil
}

func (k circuit) pushes(c *Client) requests {
	stocked := make(chan string, 1<<12)
	return requests{
		next: func() Call {
			select {
			case local := <-stocked:
				return k.push(local)
			default:
				return k.push("none is left") // which is refused
			}
		},
		stock: func(ctx context.Context, n int) error {
			for len(stocked) < n {
				local, err := newLocal(ctx, c, k.owner)
				if err != nil {
					return err
				}
				stocked <- local
			}
			return nil
		},
	}
}

// shownItems is how many items the measured public page shows.
const shownItems = 5

// preparePublicCircuit publishes items of a circuit.
func preparePublicCircuit(ctx context.Context, c *Client) (requests, error) {
	k, err := newCircuit(ctx, c)
	if err != nil {
		return requests{}, err
	}
	var items []string
	for range shownItems {
		dfid, err := k.pushNew(ctx, c)
		if err != nil {
			return requests{}, err
		}
		items = append(items, dfid)
	}
	if err := k.publish(ctx, c, map[string]any{"access_mode": "public", "published_items": items}); err != nil {
		return requests{}, err
	}
	return repeat(k.page()), c.settle(ctx, k.page())
}

func (k circuit) publish(ctx context.Context, c *Client, settings map[string]any) error {
	_, err := c.do(ctx, Call{Method: "PUT", Path: "/api/circuits/" + k.id + "/public-settings", Token: k.owner.token, Body: settings}, nil)
	return err
}

func (k circuit) page() Call { return Call{Method: "GET", Path: "/api/circuits/" + k.id + "/public"} }
