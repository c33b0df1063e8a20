// Package breakdown reads what the service logs, wherever it was kept, and tells what failed, where, how often and how it
// compares: the report behind `tracedge errors`, and the waterfall behind `tracedge trace`.
//
// The input is a stream of any length. What it holds is recognised by content, and may be mixed:
//
//   - objects one after another, pretty or compact, as `wrangler tail --format json` prints them
//   - arrays of the same, as a Tail Worker gets them, element by element
//   - Logpush's workers_trace_events
//   - rows of Workers Logs ($workers, $metadata, source), joined by their request id
//   - the records that `tracedge serve` prints
//   - text before, between and behind them
//
// Text is counted. So is broken input, and its first places are kept; the run goes on behind it. Memory is constant: it
// depends neither on the length of the stream nor on the length of a value in it.
//
// What counts: a request is an invocation for a client. It is known by its own record (event: request), counted once even
// when the log holds it twice, or, when it left none, by the word of the platform. Storage errors and notices are never
// requests. An error is a request with an error_kind, or one with status 400 and above, or one that the platform ended; a
// server error is one with status 500 and above, or with no answer.
package breakdown
