package bench

import (
	"context"
	"fmt"
)

// population is what a store holds so many of.
type population struct {
	of        string // in a word or two
	scenarios []string
	// fill makes n of them and calls made after each. It returns what makes the requests of each scenario, in whichever service
	// holds the same data.
	fill func(ctx context.Context, c *Client, n int, made func()) (map[string]func(*Client) requests, error)
}

// populations cover the scenarios for which the number of records can matter. What writes comes last: it adds to them.
func populations() []population {
	return []population{
		{"items of an account", []string{"item-read", "item-page", "local-item"}, fillItems},
		{"items of a circuit", []string{"public-circuit", "push-local"}, fillCircuit},
		{"accounts", []string{"verify", "login", "register"}, fillAccounts},
	}
}

func anywhere(r requests) func(*Client) requests { return func(*Client) requests { return r } }

// fillItems gives one account local items, and one that has a DFID.
func fillItems(ctx context.Context, c *Client, n int, made func()) (map[string]func(*Client) requests, error) {
	u, err := newUser(ctx, c)
	for i := 0; i < n && err == nil; i++ {
		_, err = c.do(ctx, localItem(u, i), nil)
		made()
	}
	if err != nil {
		return nil, err
	}
	read, err := newItem(ctx, c, u)
	return map[string]func(*Client) requests{
		"item-read":  anywhere(repeat(read)),
		"item-page":  anywhere(repeat(itemPage(u))),
		"local-item": anywhere(repeat(localItem(u, n))),
	}, err
}

// fillCircuit pushes items into one circuit, which publishes each, up to its limit of 5,000.
func fillCircuit(ctx context.Context, c *Client, n int, made func()) (map[string]func(*Client) requests, error) {
	k, err := newCircuit(ctx, c)
	if err == nil {
		err = k.publish(ctx, c, map[string]any{"access_mode": "public", "auto_publish_pushed_items": true})
	}
	for i := 0; i < n && err == nil; i++ {
		_, err = k.pushNew(ctx, c)
		made()
	}
	return map[string]func(*Client) requests{"public-circuit": anywhere(repeat(k.page())), "push-local": k.pushes}, err
}

// fillAccounts registers accounts.
func fillAccounts(ctx context.Context, c *Client, n int, made func()) (map[string]func(*Client) requests, error) {
	var u user
	for range n {
		var err error
		if u, err = newUser(ctx, c); err != nil {
			return nil, err
		}
		made()
	}
	if u.token == "" {
		return nil, fmt.Errorf("no account has a token")
	}
	return map[string]func(*Client) requests{
		"verify":   anywhere(repeat(Call{Method: "GET", Path: "/api/auth/verify", Token: u.token})),
		"login":    anywhere(repeat(login(u))),
		"register": anywhere(requests{next: func() Call { return register(newName()) }}),
	}, nil
}
