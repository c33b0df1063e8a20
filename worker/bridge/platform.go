//go:build js && wasm

package bridge

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"syscall/js"

	"tracedge/core/plainjson"
	"tracedge/core/platform"
	"tracedge/core/storage"
	"tracedge/core/storage/wire"
	"tracedge/core/trace"
)

// Platform is what the module asks of its surroundings. It implements trace.Logger and platform.Fetcher.
type Platform struct {
	calls     calls
	log       js.Value
	respondTo js.Value // host.respond
	settled   js.Value // host.settled
}

// New connects to the worker and tells it which version of the program this is. Once for an instance.
func New(version string) *Platform {
	surroundings.Get("binding").Set("version", version)
	p := &Platform{log: host().Get("log"), respondTo: host().Get("respond"), settled: host().Get("settled")}
	p.calls.start()
	return p
}

// Log writes a record to the console as an object, so that its fields are indexed where logs are kept.
func (p *Platform) Log(r trace.Record) {
	if b, err := json.Marshal(r); err == nil {
		p.log.Invoke(string(b))
	}
}

// Fetch asks a service outside. Bytes cross as base64, since calls are texts.
func (p *Platform) Fetch(ctx context.Context, r platform.FetchRequest) (platform.FetchResponse, error) {
	type payload struct {
		platform.FetchRequest
		Timeout int64 `json:"timeout_ms"`
	}
	if r.Binary {
		r.Body = base64.StdEncoding.EncodeToString([]byte(r.Body))
	}
	reply, err := ask[platform.FetchResponse](ctx, &p.calls, kindFetch, "", payload{r, r.Timeout.Milliseconds()})
	if errors.Is(err, ErrTimeout) || errors.Is(err, context.DeadlineExceeded) {
		err = errors.Join(platform.ErrFetchTimeout, err)
	}
	if err == nil && r.Binary {
		var body []byte
		body, err = base64.StdEncoding.DecodeString(reply.Body)
		reply.Body = string(body)
	}
	return reply, err
}

// Sequencer is the store's sequencer over the Durable Objects.
func (p *Platform) Sequencer() storage.Sequencer { return sequencer{&p.calls} }

// Edge is the store's replica over KV.
func (p *Platform) Edge() storage.Edge { return edge{&p.calls} }

type sequencer struct{ calls *calls }

func (s sequencer) Read(ctx context.Context, r wire.ReadRequest) (wire.ReadReply, error) {
	return stored[wire.ReadReply](ctx, s.calls, kindRead, r.Partition, r)
}

func (s sequencer) Commit(ctx context.Context, r wire.CommitRequest) (wire.CommitReply, error) {
	return stored[wire.CommitReply](ctx, s.calls, kindCommit, r.Partition, r)
}

type edge struct{ calls *calls }

func (e edge) Get(ctx context.Context, r wire.EdgeGetRequest) (wire.EdgeReply, error) {
	return stored[wire.EdgeReply](ctx, e.calls, kindEdgeGet, "", r)
}

func (e edge) Scan(ctx context.Context, r wire.EdgeScanRequest) (wire.EdgeReply, error) {
	return stored[wire.EdgeReply](ctx, e.calls, kindEdgeScan, "", r)
}

// stored is ask with the failures of storage.
func stored[Reply any](ctx context.Context, c *calls, kind, target string, req any) (Reply, error) {
	reply, err := ask[Reply](ctx, c, kind, target, req)
	switch {
	case errors.As(err, new(*json.SyntaxError)), errors.As(err, new(*json.UnmarshalTypeError)):
		err = storage.ErrMalformed
	case errors.Is(err, ErrOverloaded):
		err = storage.ErrOverloaded
	case errors.Is(err, ErrUnbound):
		err = storage.ErrNotBound
	case errors.Is(err, ErrTimeout):
		err = storage.ErrTimeout
	case errors.Is(err, ErrUnavailable):
		err = storage.ErrUnavailable
	}
	return reply, err
}

// ask makes one call with JSON in both directions.
func ask[Reply any](ctx context.Context, c *calls, kind, target string, req any) (Reply, error) {
	var reply Reply
	payload, err := plainjson.Marshal(req)
	if err != nil {
		return reply, err
	}
	text, err := c.call(ctx, kind, target, string(payload))
	if err != nil {
		return reply, err
	}
	return reply, json.Unmarshal([]byte(text), &reply)
}
