package load

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Options say what a run does.
type Options struct {
	Scenario    string         // one of Scenarios
	Rate        float64        // requests per second, whatever the service does
	Duration    time.Duration  // of the schedule
	Concurrency int            // most requests in flight; what waits for a place has begun to count
	Retry       bool           // repeat a 503 or 429 that asks for it
	Users       int            // accounts made before the schedule begins, where the scenario needs any
	Progress    func(Progress) // called once a second and at the end of a phase, nil for none
}

// Validate says what makes no sense.
func (o Options) Validate() error {
	if _, known := findScenario(o.Scenario); !known {
		return fmt.Errorf("%q is not a scenario: use %s", o.Scenario, strings.Join(Scenarios(), ", "))
	}
	switch {
	case !(o.Rate > 0) || math.IsInf(o.Rate, 1):
		return fmt.Errorf("the rate must be above 0")
	case o.Duration <= 0:
		return fmt.Errorf("the duration must be above 0")
	case o.Concurrency < 1:
		return fmt.Errorf("the concurrency must be at least 1")
	case o.Users < 1:
		return fmt.Errorf("at least 1 account is needed")
	case o.requests() < 1:
		return fmt.Errorf("no request is due within %s at %g/s", o.Duration, o.Rate)
	}
	return nil
}

// requests is how many are due in all: one at the start, and then one each interval.
func (o Options) requests() int64 { return int64(math.Round(o.Rate * o.Duration.Seconds())) }

// due is when the request with this number is due, after the start. Computed anew for each, so errors do not add up.
func (o Options) due(number int64) time.Duration {
	return time.Duration(float64(number) / o.Rate * float64(time.Second))
}
