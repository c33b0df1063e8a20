//go:build js && wasm

// Command worker is the module: the product, bound to the platform that it runs on.
package main

import (
	"crypto/rand"
	"time"

	"tracedge/core/app"
	"tracedge/core/shell"
	"tracedge/worker/bridge"
)

// What the build says of itself, set by the linker.
var (
	version = "0.1.0"
	commit  string
	builtAt string // RFC 3339
)

func main() {
	p := bridge.New(version)
	built, _ := time.Parse(time.RFC3339, builtAt) // zero when it is not known
	a, err := app.New(app.Options{
		Vars: bridge.Vars(), Sequencer: p.Sequencer(), Edge: p.Edge(), Fetcher: p, Logger: p,
		Clock: time.Now, Random: rand.Reader,
		Build: shell.Build{Version: version, Commit: commit, BuiltAt: built.UTC()},
	})
	if err != nil {
		panic(err) // the route table is wrong; no test would have passed
	}
	p.Serve(a) // until the platform drops the instance
}
