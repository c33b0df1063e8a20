// Package audit checks what the code promises and no compiler does. Each rule is an analyzer of go/analysis:
//
//   - label. Every call of the store has a label that is written at the call, has the form <area>_<verb>_<object>, belongs
//     to the area of its package, and stands at no other call. The kind of a row that is sent has a handler. A labelled
//     function is called, never passed on.
//   - endpoint. Every handler that reaches storage belongs to a route, so its records name an endpoint; every handler of a
//     route is in the code under audit; something reaches every storage call.
//   - backend. Only the store uses back ends; only the assembly names one or imports one.
//   - section. A function that takes a *storage.Tx runs inside an update, and may run again. Nothing that it reaches may
//     hash, sign, encrypt, do I/O, read the clock or randomness, sleep, lock, use channels, start goroutines, log or call
//     the store. The methods of the transaction are the boundary; the rest of package storage is not.
//   - mutex. No mutex and no sync.Once is held across a storage call, a fetch or other I/O, a log record, a channel or a
//     function that comes from outside, and none is still held when the function that took it returns.
//   - kind. Every error_kind of the contract can be met by a request, or stands in a table with the reason why not yet; no
//     kind is made that the contract does not know.
//   - response. A response goes out in one place, and one function makes it of a failure. Nobody answers with a status of
//     400 or more by hand.
//   - errortext. No text of an error gets into a fault or into what a handler returns.
//
// What the rules let pass stands in exceptions.go, each with its reason, and is part of the report.
//
// # How
//
// The rules look at the whole code below core/ at once, in SSA form, with a call graph from variable type analysis: a call
// through a variable, a field or an interface is followed to what may stand there. A function that is passed as a value
// counts as called. Code outside is not looked into: it is judged by its package (effect.go), an interface of the outside
// (back ends, fetchers, loggers, readers) by what it is for, and the methods of a value that code outside is given (for
// JSON, printing, sorting) count as called. In a section, or under a mutex, a function value that nothing in core/ gives
// is itself a finding, so nothing is passed over in silence.
//
// Texts of errors are followed forward through variables, fields, maps, builders, calls and results until they get no
// further. The order of statements does not matter to this: what gets to a field once is in it for good.
//
// The endpoints come from the product's own route table, put together in this process: an audit of another checkout than
// the one that the command was built from finds handlers missing.
//
// # What it does not see
//
// Reflection, assembly, and what a value holds that code outside hands back (a context's values, a sync.Map): there, every
// method that fits counts, and functions count as coming from outside. The table of routes names labels, not conditions:
// it says what a handler may reach.
package audit
