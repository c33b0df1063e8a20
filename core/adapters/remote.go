package adapters

import (
	"context"
	"strings"
	"time"

	"tracedge/core/adapters/kubo"
	"tracedge/core/adapters/pinata"
	"tracedge/core/adaptertype"
	"tracedge/core/fault"
	"tracedge/core/status"
	"tracedge/core/trace"
)

// Implemented tells whether this build can use a type.
func Implemented(t adaptertype.Type) bool { return t == adaptertype.IPFS }

// Remote is an adapter as a configuration reaches it. Every call waits for its turn among the configuration's
// max_concurrent_requests in this instance, and counts as time spent outside. Errors are faults of status 502:
// external_timeout and external_error.
type Remote struct {
	Config
	service *Service
	headers [][2]string // credentials in the clear
}

// node is the service behind an adapter: an IPFS node, or Pinata.
type node interface {
	Check(context.Context) error
	Add(ctx context.Context, content []byte) (cid string, err error)
	Cat(ctx context.Context, cid string) ([]byte, error)
	Remove(ctx context.Context, cid string) error
}

func (r *Remote) node(timeout time.Duration) node {
	if r.Host() == pinata.Host {
		return pinata.Client{Fetcher: r.service.fetcher, Headers: r.headers, Timeout: timeout}
	}
	return kubo.Client{Fetcher: r.service.fetcher, Endpoint: r.Connection.Endpoint, Headers: r.headers, Timeout: timeout}
}

// Find is the adapter that serves a type. Errors: 501 for a type that this build lacks, 503 external_error without an
// active configuration; both with adapter_type.
func (s *Service) Find(ctx context.Context, t adaptertype.Type) (*Remote, error) {
	cfg, err := s.configured(ctx, t)
	if err != nil {
		return nil, err
	}
	return s.remote(*cfg)
}

// Configured refuses what Find would not find, without opening any secret. Errors: those of Find.
func (s *Service) Configured(ctx context.Context, t adaptertype.Type) error {
	_, err := s.configured(ctx, t)
	return err
}

func (s *Service) configured(ctx context.Context, t adaptertype.Type) (*Config, error) {
	if !Implemented(t) {
		return nil, fault.New(fault.Other, status.NotImplemented, "This build has no implementation of the adapter").
			With("adapter_type", t)
	}
	all, err := s.configs(ctx)
	if err != nil {
		return nil, err
	}
	cfg := used(all, t)
	if cfg == nil {
		return nil, fault.Unavailable(fault.ExternalError, "The adapter has no active configuration").With("adapter_type", t)
	}
	return cfg, nil
}

// remote opens the secrets of a configuration. Without the key that sealed them the adapter fails as one that refuses
// its credentials would.
func (s *Service) remote(cfg Config) (*Remote, error) {
	c := cfg.Connection
	apiKey, err := s.vault.open(cfg.ID, "api_key", c.APIKey)
	if err != nil {
		return nil, unreadable(err, cfg.Type)
	}
	secretKey, err := s.vault.open(cfg.ID, "secret_key", c.SecretKey)
	if err != nil {
		return nil, unreadable(err, cfg.Type)
	}
	r := &Remote{Config: cfg, service: s, headers: c.Auth.headers(apiKey, secretKey)}
	if c.Auth.Name == authKey && r.Host() == pinata.Host {
		r.headers = pinata.Credentials(apiKey, secretKey)
	}
	for name, sealed := range c.Headers { // of a type without a ledger, so they are for the store
		value, err := s.vault.open(cfg.ID, headerName(name), sealed)
		if err != nil {
			return nil, unreadable(err, cfg.Type)
		}
		r.headers = append(r.headers, [2]string{name, value})
	}
	return r, nil
}

func unreadable(err error, t adaptertype.Type) error {
	return fault.New(fault.ExternalError, status.BadGateway, "The adapter's credentials cannot be read").
		With("adapter_type", t).Because(err)
}

// Timeout is how long one call may take by the configuration, and at most limit.
func (r *Remote) Timeout(limit time.Duration) time.Duration {
	return min(time.Duration(min(r.Connection.TimeoutMS, int64(time.Hour/time.Millisecond)))*time.Millisecond, limit)
}

// Host is where the adapter is, without path or credentials.
func (r *Remote) Host() string {
	text := r.Connection.Endpoint
	if _, rest, ok := strings.Cut(text, "://"); ok {
		text = rest
	}
	if i := strings.IndexAny(text, "/?#"); i >= 0 {
		text = text[:i]
	}
	return text
}

// Check asks whether the adapter works.
func (r *Remote) Check(ctx context.Context, timeout time.Duration) error {
	return r.call(ctx, timeout, func(ctx context.Context, node node) error { return node.Check(ctx) })
}

// Put stores content, so that it stays, and returns its CID. The same content may be put again.
func (r *Remote) Put(ctx context.Context, timeout time.Duration, content []byte) (cid string, err error) {
	err = r.call(ctx, timeout, func(ctx context.Context, node node) (err error) {
		cid, err = node.Add(ctx, content)
		return err
	})
	return cid, err
}

// Get reads content back.
func (r *Remote) Get(ctx context.Context, timeout time.Duration, cid string) (content []byte, err error) {
	err = r.call(ctx, timeout, func(ctx context.Context, node node) (err error) {
		content, err = node.Cat(ctx, cid)
		return err
	})
	return content, err
}

// Delete removes content of one block.
func (r *Remote) Delete(ctx context.Context, timeout time.Duration, cid string) error {
	return r.call(ctx, timeout, func(ctx context.Context, node node) error { return node.Remove(ctx, cid) })
}

// call makes one call in its turn. The timeout covers the waiting too.
func (r *Remote) call(ctx context.Context, timeout time.Duration, do func(context.Context, node) error) error {
	began := r.service.clock()
	leave, err := r.service.turns.enter(ctx, r.ID, r.Connection.Concurrent, timeout)
	if err != nil {
		return fault.New(fault.ExternalTimeout, status.BadGateway, "The adapter is busy").Because(err)
	}
	defer leave()
	err = do(ctx, r.node(max(timeout-r.service.clock().Sub(began), time.Millisecond)))
	if span := trace.FromContext(ctx); span != nil {
		span.AddExternal(r.service.clock().Sub(began))
	}
	return err
}
