package web

import (
	"sync/atomic"

	"tracedge/core/fault"
)

// Gate bounds what goes on at once in this process. Routes and parts of routes may share one.
type Gate struct {
	limit   int64
	running atomic.Int64
}

// NewGate returns a gate that lets so many in.
func NewGate(limit int) *Gate { return &Gate{limit: int64(limit)} }

// Enter lets one in, or refuses with 503 overloaded. The function that it returns must run at the end.
func (g *Gate) Enter() (leave func(), err error) {
	if g.running.Add(1) > g.limit {
		g.running.Add(-1)
		return nil, fault.Unavailable(fault.Overloaded, "Too many requests at once, try again")
	}
	return func() { g.running.Add(-1) }, nil
}

// admit is step 3: the gate of the route. The function that it returns must run when the call has ended. Where an instance
// serves one request at a time, whoever hands requests to instances keeps the gate.
func (e *entry) admit() (leave func(), err error) {
	if e.gate == nil {
		return func() {}, nil
	}
	return e.gate.Enter()
}
