//go:build js && wasm

// Command guest is a module for the worker that offers nothing but its back end; see package storeprobe.
package main

import (
	"bytes"
	"context"
	"encoding/json"

	"tracedge/core/message"
	"tracedge/core/status"
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
func (p probe) Serve(ctx context.Context, r *message.Request) (message.Response, func()) {
	switch r.Method + " " + r.Path {
	case "POST /read":
		return pass(ctx, r, p.sequencer.Read), nil
	case "POST /commit":
		return pass(ctx, r, p.sequencer.Commit), nil
	case "POST /edge_get":
		return pass(ctx, r, p.edge.Get), nil
	case "POST /edge_scan":
		return pass(ctx, r, p.edge.Scan), nil
	case "GET /health":
		return answer(status.OK, struct{}{}), nil
	default:
		return answer(status.NotFound, storeprobe.Failure{Kind: "not_found"}), nil
	}
}

// Sweep implements bridge.Service.
func (p probe) Sweep(context.Context) {}

func pass[Req, Reply any](ctx context.Context, r *message.Request, call func(context.Context, Req) (Reply, error)) message.Response {
	var req Req
	if err := storeprobe.Decode(bytes.NewReader(r.Body), &req); err != nil {
		return answer(status.BadRequest, storeprobe.Failure{Kind: "validation_error", Message: err.Error()})
	}
	reply, err := call(ctx, req)
	if err != nil {
		return answer(status.ServiceUnavailable, storeprobe.FailureOf(err))
	}
	return answer(status.OK, reply)
}

func answer(code int, body any) message.Response {
	text, _ := json.Marshal(body) // plain values
	return message.Response{Status: code, Header: message.Header{{Name: "Content-Type", Value: "application/json"}}, Body: text}
}
