package bench

import (
	"context"
	"fmt"
)

// prepareItemRead makes an item with a DFID.
func prepareItemRead(ctx context.Context, c *Client) (requests, error) {
	u, err := newUser(ctx, c)
	if err != nil {
		return requests{}, err
	}
	call, err := newItem(ctx, c, u)
	return repeat(call), err
}

// newItem makes an item with a DFID, and returns what reads it.
func newItem(ctx context.Context, c *Client, u user) (Call, error) {
	var item struct {
		DFID string `json:"dfid"`
	}
	_, err := c.do(ctx, Call{Method: "POST", Path: "/api/items", Token: u.token, Body: map[string]any{
		"identifiers":   []map[string]string{{"namespace": "bovino", "key": "lote", "value": newName()}},
		"source_entry":  "550e8400-e29b-41d4-a716-446655440000",
		"enriched_data": map[string]any{"weight": 412.5, "breed": "Nelore"},
	}}, &item)
	return Call{Method: "GET", Path: "/api/items/" + item.DFID, Token: u.token}, err
}

// prepareItemPage makes more local items than a page shows.
func prepareItemPage(ctx context.Context, c *Client) (requests, error) {
	u, err := newUser(ctx, c)
	for n := 0; n < 60 && err == nil; n++ {
		_, err = c.do(ctx, localItem(u, n), nil)
	}
	return repeat(itemPage(u)), err
}

func itemPage(u user) Call {
	return Call{Method: "GET", Path: "/api/items?limit=50", Token: u.token}
}

func localItem(u user, n int) Call {
	return Call{Method: "POST", Path: "/api/items/local", Token: u.token, Body: map[string]any{
		"identifiers":   []map[string]string{{"namespace": "bovino", "key": "lote", "value": fmt.Sprint(n)}},
		"enriched_data": map[string]any{"weight": n},
	}}
}
