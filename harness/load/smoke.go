package load

import (
	"context"
	"io"
	"time"
)

// Smoke walks the critical path n times, one request after the other: health, register, login, verify. It writes a
// record of each request and reports how many succeeded.
func Smoke(ctx context.Context, c *Client, n int, records io.Writer) (good, all int, err error) {
	for range n {
		u := NewUser()
		steps := []func() Request{
			health, u.register, u.login, func() Request { return u.verify() },
		}
		for _, step := range steps {
			r, begun := step(), time.Now()
			a := c.Do(ctx, r)
			if err := a.write(records, r, begun, time.Now(), 1); err != nil {
				return good, all, err
			}
			all++
			if a.Kind == "" {
				good++
			}
			if token, ok := a.Body["token"].(string); ok {
				u.Token = token
			}
		}
	}
	return good, all, ctx.Err()
}
