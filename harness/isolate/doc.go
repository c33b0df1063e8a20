// Package isolate runs a worker as the edge does: its unchanged JavaScript entry
// module and its unchanged Go program, in pure Go.
//
// A [Program] is the worker itself: modules parsed and WebAssembly compiled once,
// shared by all. A [Cluster] runs it: N isolates serve requests and scheduled
// events, M more hold the Durable Objects. An isolate is one sobek runtime with
// one event loop. Its tasks (a request, the completion of an operation, a timer)
// run one at a time, each followed by its microtasks; isolates share nothing but
// the services (KV, the storage of objects) and messages.
//
// What the world supplies (time, timers, places to wait, random data) comes
// through [Scheduler] and [Options], so that a simulation can run a cluster
// deterministically. What the edge has and this package has not is an error that
// names the missing thing; docs/harness.md lists it.
package isolate
