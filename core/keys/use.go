package keys

import (
	"context"
	"time"

	"tracedge/core/after"
	"tracedge/core/status"
	"tracedge/core/storage"
	"tracedge/core/trace"
	"tracedge/core/web"
)

// usageMemory is how long the usage of a day is kept.
const usageMemory = 90 // days

// The numbers of a day.
const (
	requestsPart = "requests"
	errorsPart   = "errors" // answered with 400 or above
	microsPart   = "micros" // response time in microseconds, summed
)

func usagePrefix(p storage.Partition) storage.Key { return p.Prefix("usage") }

func usageKey(p storage.Partition, day, part string) storage.Key { return p.Key("usage", day, part) }

func dayOf(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// follow has an admitted request counted in the usage of its day once its status is known, after the response. What is
// not counted because the instance ends is lost; it never fails the request.
func (s *Service) follow(c *web.Call, g *Grant, now time.Time) {
	ctx, hash := c.Context(), g.Hash
	c.OnResponse(func(status int) {
		took := trace.FromContext(ctx).Elapsed()
		_ = after.Do(ctx, "keys_count_use", func(ctx context.Context) error {
			return s.countUse(ctx, Partition(hash), now, status, took)
		})
	})
}

// countUse is one commit of additions, which no other use of the key disturbs.
func (s *Service) countUse(ctx context.Context, p storage.Partition, at time.Time, code int, took time.Duration) error {
	day := dayOf(at)
	kept := storage.Expires(at.Truncate(24*time.Hour).AddDate(0, 0, usageMemory))
	return s.store.Update(ctx, "keys_count_use", p, func(tx *storage.Tx) error {
		if gone, err := isDeleted(tx, p); gone || err != nil {
			return err
		}
		add := func(part string, n int64) { tx.Add(usageKey(p, day, part), n, storage.Bounds{}, nil, kept) }
		add(requestsPart, 1)
		if code >= status.BadRequest {
			add(errorsPart, 1)
		}
		add(microsPart, max(0, took.Microseconds()))
		return nil
	}, storage.AssumeAbsent(stoppedKey(p)))
}
