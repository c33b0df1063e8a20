package bench

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
)

// Scenario is a kind of request. What it needs is made before, and made anew for each service.
type Scenario struct {
	Name    string
	Summary string // one line
	Plain   bool   // the plain worker serves it too
	// Batch is how many requests a runtime sends in its turn of a round: more where they are short.
	Batch int
	// prepare makes what the scenario needs.
	prepare func(ctx context.Context, c *Client) (requests, error)
}

// requests are those of a scenario in one service.
type requests struct {
	// next makes one; many goroutines may ask.
	next func() Call
	// stock makes what the next n requests use up, which is not measured; nil when they use up nothing.
	stock func(ctx context.Context, n int) error
}

// ready readies n requests.
func (r requests) ready(ctx context.Context, n int) error {
	if r.stock == nil {
		return nil
	}
	return r.stock(ctx, n)
}

func repeat(call Call) requests { return requests{next: func() Call { return call }} }

// Scenarios are all there are.
func Scenarios() []Scenario {
	return []Scenario{
		{"health", "no storage", true, 40, always(health)},
		{"verify", "one read of KV", true, 40, prepareVerify},
		{"profile", "one read of KV, one of the sequencer", false, 30, asUser(func(u user) Call {
			return Call{Method: "GET", Path: "/api/auth/profile", Token: u.token}
		})},
		{"history", "a page of 50 of a list", false, 20, asUser(func(u user) Call {
			return Call{Method: "GET", Path: "/users/me/credits/history", Token: u.token}
		})},
		{"local-item", "two commits: an item of one's own, and its row in the list", false, 20, asUser(func(u user) Call {
			return Call{Method: "POST", Path: "/api/items/local", Token: u.token, Body: map[string]any{"enriched_data": map[string]any{"weight": 412.5}}}
		})},
		{"item-read", "one read of KV, one of the item", false, 30, prepareItemRead},
		{"item-page", "a page of 50 of 60 items", false, 20, prepareItemPage},
		{"push-local", "a local item becomes an item of a circuit", false, 8, preparePushLocal},
		{"public-circuit", "the public page of a circuit with five items: one read of the sequencer, one of KV", false, 20, preparePublicCircuit},
		{"login", "a password hash, two reads", false, 3, asUser(login)},
		{"register", "a password hash, five commits", false, 3, func(context.Context, *Client) (requests, error) {
			return requests{next: func() Call { return register(newName()) }}, nil
		}},
	}
}

// FindScenarios returns the scenarios of these names.
func FindScenarios(names []string) ([]Scenario, error) {
	var found []Scenario
	for _, name := range names {
		s, err := findScenario(name)
		if err != nil {
			return nil, err
		}
		found = append(found, s)
	}
	return found, nil
}

func findScenario(name string) (Scenario, error) {
	var all []string
	for _, s := range Scenarios() {
		if s.Name == name {
			return s, nil
		}
		all = append(all, s.Name)
	}
	return Scenario{}, fmt.Errorf("%q is not a scenario: use %s", name, strings.Join(all, ", "))
}

// serves reports whether a runtime can serve the scenario.
func (s Scenario) serves(r Runtime) bool { return r.Product || s.Plain }

func always(call Call) func(context.Context, *Client) (requests, error) {
	return func(context.Context, *Client) (requests, error) { return repeat(call), nil }
}

// user is an account that a scenario works with.
type user struct{ name, id, token string }

const password = "Measured beans 1"

// Names differ within a process by a number, and between processes by chance.
var (
	nameCount  atomic.Int64
	namePrefix = sync.OnceValue(func() string {
		b := make([]byte, 4)
		_, _ = rand.Read(b) // never fails
		return hex.EncodeToString(b)
	})
)

func newName() string { return fmt.Sprintf("bench-%s-%d", namePrefix(), nameCount.Add(1)) }

func register(name string) Call {
	return Call{Method: "POST", Path: "/api/auth/register", Body: map[string]string{
		"username": name, "email": name + "@bench.example", "password": password,
	}}
}

func newUser(ctx context.Context, c *Client) (user, error) {
	u := user{name: newName()}
	var reply struct {
		UserID string `json:"user_id"`
		Token  string `json:"token"`
	}
	_, err := c.do(ctx, register(u.name), &reply)
	u.id, u.token = reply.UserID, reply.Token
	return u, err
}

func login(u user) Call {
	return Call{Method: "POST", Path: "/api/auth/login", Body: map[string]string{"username": u.name, "password": password}}
}

// asUser is a scenario of one account.
func asUser(call func(user) Call) func(context.Context, *Client) (requests, error) {
	return func(ctx context.Context, c *Client) (requests, error) {
		u, err := newUser(ctx, c)
		return requests{next: func() Call { return call(u) }}, err
	}
}
