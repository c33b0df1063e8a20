// Package storeprobe shows that the store behaves alike through the whole stack: the bridge of the module, the
// JavaScript around it, the Durable Object, KV. The module in guest, built in place of the product, offers the back end
// that the product would use over HTTP; Client is that back end again on the other side, for the suite of package
// storagetest.
//
//	POST /read       wire.ReadRequest      wire.ReadReply
//	POST /commit     wire.CommitRequest    wire.CommitReply
//	POST /edge_get   wire.EdgeGetRequest   wire.EdgeReply
//	POST /edge_scan  wire.EdgeScanRequest  wire.EdgeReply
//
// Bodies are JSON, those of requests compressed with gzip: escaped, the largest document that the store takes would not
// fit the worker's limit of a body. A failure is {"error_kind": word}, the word as in failure.go.
package storeprobe
