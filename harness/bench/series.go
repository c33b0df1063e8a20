package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// Series is what was measured of one runtime in one scenario.
type Series struct {
	Runtime string
	Rounds  []float64       // the figure of each round: a median in milliseconds, or a rate
	All     []time.Duration // each request
	CPU     time.Duration   // of the service over all of them, 0 when it is not known
}

// contender is a runtime that takes turns.
type contender struct {
	runtime Runtime
	service *Service                    // nil when it changes from turn to turn
	ready   func(context.Context) error // before each turn, not measured; nil for nothing
	turn    func(ctx context.Context) ([]time.Duration, float64, error)
}

// turn makes the turns of a runtime that is asked for the requests of a scenario.
type turn func(*Client, func() Call) func(context.Context) ([]time.Duration, float64, error)

// alternate gives each contender its turn in each round, in an order drawn anew, and returns what they did. The first
// round warms up and does not count.
func alternate(ctx context.Context, rounds int, contenders []contender) ([]Series, error) {
	out := make([]Series, len(contenders))
	for i, c := range contenders {
		out[i].Runtime = c.runtime.Name
	}
	for round := range rounds + 1 {
		for _, i := range rand.Perm(len(contenders)) {
			if ready := contenders[i].ready; ready != nil {
				if err := ready(ctx); err != nil {
					return nil, err
				}
			}
			before := contenders[i].processor()
			times, figure, err := contenders[i].turn(ctx)
			if err != nil {
				return nil, err
			}
			if round > 0 {
				out[i].CPU += contenders[i].processor() - before
				out[i].Rounds = append(out[i].Rounds, figure)
				out[i].All = append(out[i].All, times...)
			}
		}
	}
	return out, nil
}

func (c contender) processor() time.Duration {
	if c.service == nil || c.service.process == nil {
		return 0
	}
	return c.service.processor()
}

// latency is one scenario over runtimes, one request at a time.
func (b *Bench) latency(ctx context.Context, s Scenario) ([]Series, error) {
	contenders, err := b.contenders(ctx, s, s.Batch, inTurn(s.Batch))
	if err != nil {
		return nil, err
	}
	return alternate(ctx, b.options.Rounds, contenders)
}

// inTurn sends n requests one after the other; the figure of a turn is their median in milliseconds.
func inTurn(n int) turn {
	return func(c *Client, next func() Call) func(context.Context) ([]time.Duration, float64, error) {
		return func(ctx context.Context) ([]time.Duration, float64, error) {
			times := make([]time.Duration, n)
			for i := range times {
				var err error
				if times[i], err = c.do(ctx, next(), nil); err != nil {
					return nil, 0, err
				}
			}
			return times, median(times), nil
		}
	}
}

// contenders prepares a scenario in every runtime that serves it, n requests for each turn.
func (b *Bench) contenders(ctx context.Context, s Scenario, n int, turn turn) ([]contender, error) {
	var out []contender
	for _, r := range b.options.Runtimes {
		if !s.serves(r) {
			continue
		}
		c := b.clients[r.Name]
		made, err := s.prepare(ctx, c)
		if err != nil {
			return nil, fmt.Errorf("prepare %s: %w", s.Name, err)
		}
		ready := func(ctx context.Context) error { return made.ready(ctx, n) }
		out = append(out, contender{r, c.service, ready, turn(c, made.next)})
	}
	return out, nil
}
