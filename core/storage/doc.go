// Package storage is the traced store: the only door to data.
//
// Every call takes a context that carries the request's span and a label that must be a constant written at the call
// (the parameter's type cannot be named outside this package), and yields a traced call. A context without a span is
// refused. Nothing else in the program holds a back end.
//
// Reads choose their consistency. Read and Scan ask the sequencer and are always current; ReadEdge and ScanEdge ask the
// replica in KV, which is fast everywhere and up to a minute old, absences included.
//
// Update is the one way to change data: a pure function over one partition, run again after a conflict. An Operation is
// the way to change several: it claims unique values, decides in one commit, and delivers the rows which that commit
// stored.
package storage
