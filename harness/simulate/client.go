package simulate

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Client is somebody who uses the service: it does its steps one after the
// other, waits for answers, loses patience, and tries again.
type Client struct {
	*World
	plan   ClientPlan
	step   StepPlan
	random *rand.Rand // of the step
	me     *Account   // nil until registered
	keys   int        // idempotency keys made in this step
	seen   int        // requests sent in this step
	rounds int        // of Together in this step
}

func newClient(w *World, plan ClientPlan) *Client {
	return &Client{World: w, plan: plan}
}

// live does the steps of the plan.
func (c *Client) live() {
	for _, step := range c.plan.Steps {
		if wait := step.At - c.elapsed(); wait > 0 {
			c.Sleep(wait)
		}
		c.begin(step)
		scriptNamed(step.Script).Run(c)
	}
}

func (c *Client) begin(step StepPlan) {
	c.step, c.keys, c.seen, c.rounds = step, 0, 0, 0
	c.random = stream(c.World.plan.Seed, "step "+step.ID)
	c.tell("STEP %s client %d: %s", step.ID, c.plan.ID, step.Script)
}

// Finally runs a check when all is calm and everything has settled. It is given
// a client that meets no faults any more.
//
// Of several checks of one subject only the first is kept; "" keeps all.
func (c *Client) Finally(subject string, check func(*Client)) {
	if subject != "" {
		if c.checked[subject] {
			return
		}
		c.checked[subject] = true
	}
	step := c.step
	c.finally = append(c.finally, func(last *Client) {
		last.step = step
		check(last)
	})
}

// Account is the client's own account, which it registers when it has none yet.
// Now and then it is one of a colleague, so that several clients work on the
// same things. nil when there is none.
func (c *Client) Account() *Account {
	if len(c.accounts) > 0 && c.random.IntN(4) == 0 {
		return one(c.random, c.accounts)
	}
	if c.me == nil {
		register(c)
	}
	return c.me
}

// Stranger is an account other than the given one; nil when there is none.
func (c *Client) Stranger(than *Account) *Account {
	for _, a := range c.accounts {
		if a.UserID != than.UserID {
			return a
		}
	}
	return nil
}

// address is where the client's requests come from.
func (c *Client) address() string { return fmt.Sprintf("192.0.2.%d", c.plan.ID+1) }

// isolate draws the isolate that a request arrives at: one of the client's
// location, mostly.
func (c *Client) isolate() int {
	shape := c.World.plan.World
	location := c.plan.Location
	if c.random.IntN(6) == 0 {
		location = c.random.IntN(shape.Locations)
	}
	return location + shape.Locations*c.random.IntN(shape.IsolatesEach)
}

// patience is how long the client waits for an answer.
func (c *Client) patience() time.Duration {
	return one(c.random, []time.Duration{3 * time.Second, 12 * time.Second, 70 * time.Second, 70 * time.Second})
}

// Together does something n times at once and waits for all. Each has its own
// random numbers.
func (c *Client) Together(n int, do func(*Client)) {
	left := n
	c.rounds++
	c.wait(func(wake func()) {
		for k := range n {
			one := *c
			one.step.ID = fmt.Sprintf("%s/%d.%d", c.step.ID, c.rounds, k)
			one.random = stream(c.World.plan.Seed, "step "+one.step.ID)
			c.Go(func() {
				do(&one)
				if left--; left == 0 {
					wake()
				}
			})
		}
	})
}
