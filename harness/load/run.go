package load

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// Options say what a run does.
type Options struct {
	Scenario    string        // one of Scenarios
	Rate        float64       // requests per second
	Duration    time.Duration // of the schedule
	Concurrency int           // most requests in flight; waiting for a place counts into latency
	Retry       bool          // repeat a 503, as its Retry-After asks
	Users       int           // accounts made before the schedule begins
	Progress    func(Progress)
}

// Progress is how far a run is.
type Progress struct {
	Elapsed, Total         time.Duration
	Sent, Answered, Failed int64
}

// Summary is what a run did. How the service answered is in the records.
type Summary struct {
	Sent     int64         `json:"sent"`
	Failed   int64         `json:"failed"`  // did not end with a success
	Retries  int64         `json:"retries"` // repeats after a 503
	Offered  float64       `json:"offered_rps"`
	Achieved float64       `json:"achieved_rps"` // answers by time until the last one
	Took     time.Duration `json:"took_ns"`
}

// maxRepeats bounds the repeats of one request.
const maxRepeats = 5

// Run sends the scenario's requests on their schedule and writes a record of each. It ends early with ctx; what was sent
// is then still waited for.
func Run(ctx context.Context, c *Client, o Options, records io.Writer) (Summary, error) {
	users, err := makeUsers(ctx, c, o)
	if err != nil {
		return Summary{}, err
	}
	next, err := scenario(o.Scenario, users)
	if err != nil {
		return Summary{}, err
	}
	r := &run{client: c, options: o, records: records, start: time.Now()}
	places := make(chan struct{}, max(1, o.Concurrency))
	stop := make(chan struct{})
	go r.report(stop)
	total := int64(o.Rate * o.Duration.Seconds())
	for i := range total {
		intended := r.start.Add(time.Duration(float64(i) / o.Rate * float64(time.Second)))
		if !sleepUntil(ctx, intended) {
			break
		}
		r.sent.Add(1)
		request := next()
		r.waiting.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			r.one(context.WithoutCancel(ctx), request, intended)
		})
	}
	r.waiting.Wait()
	close(stop)
	took := time.Since(r.start)
	return Summary{
		Sent: r.sent.Load(), Failed: r.failed.Load(), Retries: r.retries.Load(), Offered: o.Rate,
		Achieved: float64(r.answered.Load()) / took.Seconds(), Took: took,
	}, r.err
}

type run struct {
	client  *Client
	options Options
	start   time.Time
	waiting sync.WaitGroup

	sent, answered, failed, retries atomic.Int64

	mu      sync.Mutex // guards what follows
	records io.Writer
	err     error
}

// one sends a request, repeats it while that is asked for, and records how it ended.
func (r *run) one(ctx context.Context, request Request, intended time.Time) {
	var a Answer
	attempt := 1
	for ; ; attempt++ {
		a = r.client.Do(ctx, request)
		if !r.options.Retry || a.Status != 503 || attempt > maxRepeats {
			break
		}
		r.retries.Add(1)
		time.Sleep(pause(attempt, a.RetryAfter))
	}
	end := time.Now()
	r.answered.Add(1)
	if a.Kind != "" {
		r.failed.Add(1)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := a.write(r.records, request, intended, end, attempt); err != nil && r.err == nil {
		r.err = err
	}
}

// pause is at least what the service asked for, and random beyond it up to a bound that doubles.
func pause(attempt int, asked time.Duration) time.Duration {
	return asked + rand.N(500*time.Millisecond<<min(attempt, 5))
}

func (r *run) report(stop <-chan struct{}) {
	if r.options.Progress == nil {
		return
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
			r.options.Progress(Progress{time.Since(r.start), r.options.Duration, r.sent.Load(), r.answered.Load(), r.failed.Load()})
		}
	}
}

func sleepUntil(ctx context.Context, t time.Time) bool {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// makeUsers registers the accounts that the scenario works with.
func makeUsers(ctx context.Context, c *Client, o Options) ([]User, error) {
	if o.Scenario == "register" || o.Scenario == "strangers" {
		return nil, nil
	}
	users := make([]User, max(1, o.Users))
	for i := range users {
		u := NewUser()
		a := c.Do(ctx, u.register())
		if a.Kind != "" {
			return nil, fmt.Errorf("cannot register an account for the run: status %d, %s", a.Status, a.Kind)
		}
		u.Token, _ = a.Body["token"].(string)
		users[i] = u
	}
	return users, nil
}

// Scenarios are the names that Run takes. Strangers are logins of names that nobody has.
var Scenarios = []string{"login", "register", "verify", "mixed", "strangers"}

// scenario returns what makes the next request.
func scenario(name string, users []User) (func() Request, error) {
	pick := func() User { return users[rand.N(len(users))] }
	switch name {
	case "login":
		return func() Request { return pick().login() }, nil
	case "register":
		return func() Request { return NewUser().register() }, nil
	case "strangers":
		return func() Request { return NewUser().login() }, nil
	case "verify":
		return func() Request { return pick().verify() }, nil
	case "mixed":
		return func() Request {
			switch n := rand.N(100); {
			case n < 70:
				return pick().verify()
			case n < 90:
				return pick().login()
			case n < 95:
				return NewUser().register()
			default:
				return health()
			}
		}, nil
	default:
		return nil, fmt.Errorf("%q is not a scenario", name)
	}
}
