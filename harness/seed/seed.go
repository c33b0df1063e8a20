package seed

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// World is what the steps work on and leave behind.
type World struct {
	*Client
	Admin    string // a token of an admin
	Password string // of every account
	Accounts []*Account
	Circuit  string // id of the circuit that they share, "" for none
}

// Account is one of the accounts to play with.
type Account struct {
	Username, Email, Tier string
	Token                 string // "" when its password is not ours
	Key                   string // its API key, or the beginning of one that was made before
	Credits               int64
	Items                 int    // that it has of the seed's, local ones included
	Note                  string // what was done, or why not
}

// Step makes one kind of thing.
type Step struct {
	Name string
	Run  func(ctx context.Context, w *World) error
}

// Steps are all steps, in order. A later one may use what an earlier one has made.
func Steps() []Step {
	return []Step{
		{"accounts", makeAccounts},
		{"credits", readCredits},
		{"keys", makeKeys},
		{"items", makeItems},
		{"circuit", makeCircuit},
	}
}

// Run runs the steps.
func Run(ctx context.Context, w *World, steps []Step) error {
	for _, s := range steps {
		if err := s.Run(ctx, w); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	return nil
}

// The bootstrap admin is made after the first response of a new service, which takes a moment.
const (
	logins = 5 // fewer than a throttle counts
	pause  = time.Second
)

// Login returns a token. A service that has just started is given time to make its first admin.
func (c *Client) Login(ctx context.Context, username, password string) (string, error) {
	if err := c.Do(ctx, "GET", "/health", "", nil, nil); err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		token, err := c.login(ctx, username, password)
		if !refused(err, http.StatusUnauthorized) || n == logins {
			return token, err
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(pause):
		}
	}
}

func (c *Client) login(ctx context.Context, username, password string) (string, error) {
	var reply struct {
		Token string `json:"token"`
	}
	err := c.Do(ctx, "POST", "/api/auth/login", "", map[string]string{"username": username, "password": password}, &reply)
	return reply.Token, err
}

// refused tells whether an error is a refusal with a status.
func refused(err error, status int) bool {
	var r *Refusal
	return errors.As(err, &r) && r.Status == status
}
