package web

import "tracedge/core/fault"

// admit is the gate of step 3: at most Concurrent calls of the route at once in this process. The function that it
// returns must run when the call has ended. Where an instance serves one request at a time, whoever hands requests to
// instances keeps this gate.
func (e *entry) admit() (leave func(), err error) {
	if e.route.Concurrent == 0 {
		return func() {}, nil
	}
	if e.running.Add(1) > int64(e.route.Concurrent) {
		e.running.Add(-1)
		return nil, fault.Unavailable(fault.Overloaded, "Too many requests at once, try again")
	}
	return func() { e.running.Add(-1) }, nil
}
