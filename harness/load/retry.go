package load

import (
	"context"
	"math/rand/v2"
	"net/http"
	"time"
)

const (
	maxRepeats    = 5                // of one request
	maxRetryAfter = 10 * time.Second // a service that asks for more has said no
	backoffBase   = 500 * time.Millisecond
	backoffMost   = 16 * time.Second
)

// repeatable reports whether the service asks for the request again soon: a 503, or a short 429. The requests of the
// critical path carry no Idempotency-Key; repeating a login does no harm, and a registration that had been carried out all
// the same answers 409, which the report shows.
func (a Answer) repeatable() bool {
	return (a.Status == http.StatusServiceUnavailable || a.Status == http.StatusTooManyRequests && a.RetryAfter > 0) &&
		a.RetryAfter <= maxRetryAfter
}

// pause is how long to wait before a repeat, the first being number 1: what the service asked for, and beyond it anything
// up to a bound that doubles. Full jitter spreads the clients that were refused together, so that they do not come back
// together.
func pause(repeat int, asked time.Duration) time.Duration {
	return asked + rand.N(min(backoffMost, backoffBase<<min(repeat-1, 10)))
}

// wait sleeps, and reports whether it was not interrupted.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
