//go:build js && wasm

// Command guest is a module for the worker that offers nothing but its back end; see package storeprobe.
package main

import (
	"context"
	"encoding/json"
	"net/http"

	"tracedge/core/storage"
	"tracedge/harness/storeprobe"
	"tracedge/worker/bridge"
)

func main() {
	p := bridge.New("probe")
	p.Serve(probe{p.Sequencer(), p.Edge()})
	select {}
}

// probe answers requests with what the back end says.
type probe struct {
	sequencer storage.Sequencer
	edge      storage.Edge
}

// Serve implements bridge.Service. No work follows a response.
func (p probe) Serve(w http.ResponseWriter, r *http.Request) func() {
	switch r.Method + " " + r.URL.Path {
	case "POST /read":
		pass(w, r, p.sequencer.Read)
	case "POST /commit":
		pass(w, r, p.sequencer.Commit)
	case "POST /edge_get":
		pass(w, r, p.edge.Get)
	case "POST /edge_scan":
		pass(w, r, p.edge.Scan)
	case "GET /health":
		answer(w, http.StatusOK, struct{}{})
	default:
		answer(w, http.StatusNotFound, storeprobe.Failure{Kind: "not_found"})
	}
	return nil
}

// Sweep implements bridge.Service.
func (p probe) Sweep(context.Context) {}

func pass[Req, Reply any](w http.ResponseWriter, r *http.Request, call func(context.Context, Req) (Reply, error)) {
	var req Req
	if err := storeprobe.Decode(r.Body, &req); err != nil {
		answer(w, http.StatusBadRequest, storeprobe.Failure{Kind: "validation_error", Message: err.Error()})
		return
	}
	reply, err := call(r.Context(), req)
	if err != nil {
		answer(w, http.StatusServiceUnavailable, storeprobe.FailureOf(err))
		return
	}
	answer(w, http.StatusOK, reply)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // into memory
}
