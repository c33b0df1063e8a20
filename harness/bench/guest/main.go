//go:build js && wasm

// Command guest is a module for the worker that only hashes: what a login costs at least.
package main

import (
	"context"
	"net/http"

	"tracedge/harness/bench/hash"
	"tracedge/worker/bridge"
)

func main() {
	bridge.New("hash").Serve(service{})
	select {}
}

type service struct{}

// Serve implements bridge.Service.
func (service) Serve(w http.ResponseWriter, r *http.Request) func() {
	hash.ServeHTTP(w, r)
	return nil
}

// Sweep implements bridge.Service.
func (service) Sweep(context.Context) {}
