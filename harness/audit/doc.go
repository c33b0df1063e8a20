// Package audit checks what the code promises and no compiler does:
//
//   - Trace coverage. Every call of the store outside its own package has a literal label of the form
//     <area>_<verb>_<object> that belongs to the package and stands at one place. Every handler that reaches storage
//     belongs to a route, so its records name an endpoint. Nobody else names a back end.
//   - Critical sections. A function that takes a *storage.Tx runs inside an update, and may run again. Nothing that it
//     reaches may hash, sign, encrypt, do I/O, read the clock or randomness, sleep, lock, use channels, start goroutines
//     or call the store. And no mutex is held across a storage call, a fetch or a channel.
//   - Errors. Every error_kind of the contract is made somewhere or stands in a table with the reason why not yet; only
//     package web writes responses; no message for a client is made from the text of an error.
//
// It works on SSA of the packages below core/ and a call graph from variable type analysis, so a call through a variable,
// a field or an interface is followed to what may stand there; in a critical section, a function value that nothing in
// core/ gives is itself a finding. Functions that are passed as values count as called. Interfaces of the outside (back
// ends, fetchers, loggers, readers) are judged by what they are for.
package audit
