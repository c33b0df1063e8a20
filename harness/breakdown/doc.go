// Package breakdown reads what the service logs, wherever it was kept, and tells what failed, where, how often and how it
// compares: the report behind `tracedge errors`, and the waterfall behind `tracedge trace`.
//
// The input is a stream of any length in one of four forms, recognised by content and mixed at will: what
// `wrangler tail --format json` prints, arrays of the same as a Tail Worker gets them, Logpush's workers_trace_events, and
// the bare records that `tracedge serve` prints. Memory is constant.
package breakdown
