// Package probe tests an adapter, or the service's own storage, with a record of random bytes that is written, read back,
// compared and deleted while the caller waits.
package probe

import (
	"context"
	"io"
	"time"

	"tracedge/core/adapters"
	"tracedge/core/adaptertype"
	"tracedge/core/audit"
	"tracedge/core/digest"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/status"
	"tracedge/core/storage"
	"tracedge/core/trace"
	"tracedge/core/web"
)

// Service holds the route /api/test/blockchain.
type Service struct {
	store    *storage.Store
	adapters *adapters.Service
	random   io.Reader
	clock    func() time.Time
}

// Options are what the service is built on; all are needed.
type Options struct {
	Store    *storage.Store
	Adapters *adapters.Service
	Random   io.Reader
	Clock    func() time.Time
}

// New returns the service.
func New(o Options) *Service { return &Service{o.Store, o.Adapters, o.Random, o.Clock} }

// Routes are the routes of /api/test.
func (s *Service) Routes() []web.Route {
	return []web.Route{{
		Method: "POST", Pattern: "/api/test/blockchain", Class: web.Admin, Envelope: true,
		Doc:     "Write, read back and delete a probe record with an adapter or in the service's own storage.",
		Request: request{}, Response: reply{}, Handler: s.test, OptionalBody: true,
		Failures: []web.Failure{{Status: 501, Doc: "No implementation of the adapter"}, {Status: 502, Doc: "The service of the adapter failed"}},
	}}
}

type request struct {
	Type *adaptertype.Type `json:"adapter_type"` // none is the service's own storage
}

type reply struct {
	Success  bool             `json:"success"`
	Type     adaptertype.Type `json:"adapter_type"`
	WriteMS  *float64         `json:"write_ms"` // null where it was not reached
	ReadMS   *float64         `json:"read_ms"`
	Verified bool             `json:"verified"`
	Deleted  bool             `json:"deleted"`
	Hash     string           `json:"hash"` // BLAKE3-256 of the probe, hex
	TraceID  string           `json:"trace_id"`
}

// size of a probe in bytes.
const size = 256

// The times of a test: all of it, and how much of that is kept for deleting.
const (
	budget  = 10 * time.Second
	reserve = 2 * time.Second
)

// place is where a probe is stored.
type place interface {
	put(ctx context.Context, limit time.Duration, content []byte) (id string, err error)
	get(ctx context.Context, limit time.Duration, id string) ([]byte, error)
	remove(ctx context.Context, limit time.Duration, id string) error
}

// test makes the probe. The only commit that stays is the audit event, in the admin's own partition, with the response of
// a test that passed. A crash before it leaves at most the probe: one in our own storage expires, one at an adapter stays
// there.
func (s *Service) test(c *web.Call) (any, error) {
	req, err := web.OptionalBody[request](c)
	if err != nil {
		return nil, err
	}
	out := reply{Type: adaptertype.None}
	if req.Type != nil {
		out.Type = *req.Type
	}
	if span := trace.FromContext(c.Context()); span != nil {
		out.TraceID = span.TraceID
	}
	var where place = own{s.store, s.store.NewID()}
	if out.Type != adaptertype.None {
		adapter, err := s.adapters.Find(c.Context(), out.Type)
		if err != nil {
			return nil, err
		}
		where = remote{adapter}
	}
	content := make([]byte, size)
	if _, err := io.ReadFull(s.random, content); err != nil {
		return nil, err
	}
	failure := s.run(c.Context(), where, content, &out)
	if err := s.note(c, out); err != nil && failure == nil {
		return nil, err
	}
	if failure != nil {
		return nil, out.failed(failure)
	}
	return out, nil
}

// run goes through the steps and says in out how far it got.
func (s *Service) run(ctx context.Context, where place, content []byte, out *reply) error {
	out.Hash = digest.Of(content)
	until := s.clock().Add(budget)
	left := func(keep time.Duration) time.Duration {
		return max(until.Sub(s.clock())-keep, time.Millisecond)
	}
	began := s.clock()
	id, err := where.put(ctx, left(reserve), content)
	if id != "" {
		defer func() { out.Deleted = where.remove(ctx, left(0), id) == nil }()
	}
	if err != nil {
		return err
	}
	out.WriteMS = s.since(began)
	began = s.clock()
	back, err := where.get(ctx, left(reserve), id)
	if err != nil {
		return err
	}
	out.ReadMS = s.since(began)
	out.Verified = digest.Of(back) == out.Hash
	out.Success = out.Verified
	if !out.Verified {
		return fault.New(fault.ExternalError, status.BadGateway, "What was read back is not what was written")
	}
	return nil
}

func (s *Service) since(t time.Time) *float64 {
	ms := float64(s.clock().Sub(t).Microseconds()) / 1000
	return &ms
}

// failed is the failure of a test, with the members of its reply. One of our own storage is a 500.
func (r reply) failed(err error) error {
	f := fault.From(err)
	if r.Type == adaptertype.None {
		f = fault.New(fault.DatabaseError, status.InternalServerError, "The test of the service's own storage failed").Because(err)
	}
	return f.With("adapter_type", r.Type).With("write_ms", r.WriteMS).With("read_ms", r.ReadMS).With("verified", r.Verified).
		With("deleted", r.Deleted).With("hash", r.Hash)
}

// note keeps the audit event of a test, and the response of one that passed under the request's idempotency key.
func (s *Service) note(c *web.Call, out reply) error {
	e := audit.Event{
		ID: c.StableID("event"), Type: "System", Action: "adapter_test", Resource: "adapter", Outcome: audit.Failure, Severity: "Low",
		UserID: c.Caller().UserID, SubjectID: string(out.Type), Time: c.Now(),
		Details: map[string]any{"adapter_type": out.Type, "verified": out.Verified, "deleted": out.Deleted},
	}
	key := c.Idempotency()
	kept := idem.Prepare(nil, web.Rendered{}, c.Now())
	if out.Success {
		e.Outcome = audit.Success
		rendered, err := key.Render(out)
		if err != nil {
			return err
		}
		kept = idem.Prepare(key, rendered, c.Now())
	}
	p := storage.In("user", c.Caller().UserID)
	err := s.store.Update(c.Context(), "probe_record_test", p, func(tx *storage.Tx) error {
		audit.Put(tx, p, e)
		return kept.Put(tx)
	})
	if err == nil && out.Success {
		key.Settle()
	}
	return err
}
