// Package conformance is the black-box test of the HTTP contract. It speaks HTTP only, so that one suite judges the
// native handler, the WebAssembly module in the pure Go host and the same module in workerd, and expects one result.
//
// A Case is one promise of the contract. Cases are grouped by the settings that their service needs (Groups); most share
// one service and run at the same time, each with names, passwords and a client address of its own. Besides what a case
// asks for, every reply of the suite is held against the rules that bind every reply (universal.go), and after the cases
// of a group the request records of the service are held against the replies (cases_records.go). At the very end every
// record is searched for every secret that the suite used.
//
// Runtimes are tests of this package: TestNative, TestWazero (the command `tracedge serve` in a process of its own) and
// TestWorkerd (wrangler dev). `go test -run TestNative/default/login ./harness/conformance` runs a part. A new case goes
// into the cases_ file of its route or theme; the registry (case.go) counts it, and every runtime must run all of them.
// TestMutations breaks the service on purpose and wants the suite to notice. FuzzRequest sends anything else.
//
// A failure is one line: what was sent, what came, what is wrong with it and what the contract says.
package conformance
