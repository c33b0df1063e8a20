//go:build js && wasm

package bridge

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	"tracedge/core/plainjson"
	"tracedge/core/platform"
	"tracedge/core/storage"
	"tracedge/core/storage/wire"
	"tracedge/core/trace"
)

// Platform is what the module asks of its surroundings. It implements trace.Logger and platform.Fetcher.
type Platform struct {
	version string
	service Service
	calls   calls
	work    chan func(*Platform)
	scratch scratch
}

// New connects to the worker, which learns what version of the program this is. Once for an instance.
func New(version string) *Platform {
	connected = &Platform{
		version: version, calls: calls{waiting: make(map[int]chan<- answer)}, work: make(chan func(*Platform), 1),
	}
	return connected
}

// Log writes a record to the console as an object, so that its fields are indexed where logs are kept.
func (p *Platform) Log(r trace.Record) {
	if r, ok := r.(trace.Request); ok {
		b := r.AppendJSON(p.scratch.take())
		hostLog(asText(b))
		p.scratch.give(b)
		return
	}
	if b, err := json.Marshal(r); err == nil {
		hostLog(asText(b))
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
	if len(r.Keys) == 0 {
		return wire.EdgeReply{}, nil
	}
	return e.reply(e.calls.call(ctx, kindEdgeGet, strings.Join(r.Keys, "\n"), ""))
}

func (e edge) Scan(ctx context.Context, r wire.EdgeScanRequest) (wire.EdgeReply, error) {
	payload, err := plainjson.Marshal(r)
	if err != nil {
		return wire.EdgeReply{}, err
	}
	return e.reply(e.calls.call(ctx, kindEdgeScan, "", string(payload)))
}

// reply reads what a call of the edge answers.
func (e edge) reply(text string, err error) (wire.EdgeReply, error) {
	if err != nil {
		return wire.EdgeReply{}, failed(err)
	}
	reply, err := wire.ParseEdgeReply(text)
	if err != nil {
		err = storage.ErrMalformed
	}
	return reply, err
}

// stored is ask with the failures of storage.
func stored[Reply any](ctx context.Context, c *calls, kind, target string, req any) (Reply, error) {
	reply, err := ask[Reply](ctx, c, kind, target, req)
	if errors.As(err, new(*json.SyntaxError)) || errors.As(err, new(*json.UnmarshalTypeError)) {
		err = storage.ErrMalformed
	}
	return reply, failed(err)
}

// failed is a failure of a call as one of storage.
func failed(err error) error {
	switch {
	case errors.Is(err, ErrOverloaded):
		return storage.ErrOverloaded
	case errors.Is(err, ErrUnbound):
		return storage.ErrNotBound
	case errors.Is(err, ErrTimeout):
		return storage.ErrTimeout
	case errors.Is(err, ErrUnavailable):
		return storage.ErrUnavailable
	default:
		return err
	}
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
