package load

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
)

// setupParallel is how many accounts are made at once: enough to be quick, too few to fill an admission gate.
const setupParallel = 4

// SetupError is an account that a run needs and could not make.
type SetupError struct{ Answer Answer }

func (e *SetupError) Error() string {
	text := fmt.Sprintf("cannot register an account for the run: status %d, %s, trace %s", e.Answer.Status, e.Answer.Kind, e.Answer.TraceID)
	if e.Answer.Message != "" {
		text += ": " + e.Answer.Message
	}
	return text
}

// Advice says what to do about it.
func (e *SetupError) Advice() string {
	switch {
	case e.Answer.Status == http.StatusTooManyRequests:
		return "the service lets an address register so often an hour; make fewer accounts with --users, or run a service of your own with REGISTER_RATE_LIMIT_PER_HOUR=0"
	case e.Answer.Kind == KindNoConnection:
		return "is the service running? `tracedge serve` starts one"
	default:
		return ""
	}
}

// makeUsers registers the accounts that the scenario works with. What is refused for a moment is tried again, under
// another name: the first may have been taken all the same.
func makeUsers(ctx context.Context, c *Client, o Options) ([]User, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	users := make([]User, o.Users)
	var next, made atomic.Int64
	var mu sync.Mutex // orders progress
	var work sync.WaitGroup
	for range min(setupParallel, o.Users) {
		work.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(users) || ctx.Err() != nil {
					return
				}
				u, err := makeUser(ctx, c)
				if err != nil {
					cancel(err)
					return
				}
				users[i] = u
				mu.Lock()
				if o.Progress != nil {
					o.Progress(Progress{Phase: PhaseAccounts, Accounts: int(made.Add(1)), AllAccounts: o.Users})
				}
				mu.Unlock()
			}
		})
	}
	work.Wait()
	return users, context.Cause(ctx)
}

func makeUser(ctx context.Context, c *Client) (User, error) {
	for repeat := 1; ; repeat++ {
		u := NewUser()
		a := c.Do(ctx, u.register(), newTraceID())
		if !a.Failed() {
			return u.signedIn(a.Body), nil
		}
		if !a.repeatable() || repeat > maxRepeats {
			return User{}, &SetupError{a}
		}
		if !wait(ctx, pause(repeat, a.RetryAfter)) {
			return User{}, context.Cause(ctx)
		}
	}
}
