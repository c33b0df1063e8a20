//go:build js && wasm

// Command guest is a module for the worker that only hashes: what a login costs at least.
package main

import (
	"context"

	"tracedge/core/message"
	"tracedge/harness/bench/hash"
	"tracedge/worker/bridge"
)

func main() {
	bridge.New("hash").Serve(service{})
	select {}
}

type service struct{}

// Serve implements bridge.Service.
func (service) Serve(ctx context.Context, r *message.Request) (message.Response, func()) {
	return hash.Serve(ctx, r), nil
}

// Sweep implements bridge.Service.
func (service) Sweep(context.Context) {}
