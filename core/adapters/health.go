package adapters

import (
	"context"
	"errors"
	"sync"
	"time"

	"tracedge/core/after"
	"tracedge/core/storage"
)

// The times of AP4 and AP5.
const (
	probeLimit = 10 * time.Second
	probeReuse = 10 * time.Second
)

// checked is how a probe of a configuration ended.
type checked struct {
	version time.Time // UpdatedAt of the configuration
	at      time.Time
	err     error
}

// probes are the latest results by configuration, for reuse.
type probes struct {
	mu   sync.Mutex
	last map[string]checked
}

func (p *probes) get(c Config, now time.Time) (checked, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	got, ok := p.last[c.ID]
	return got, ok && got.version.Equal(c.UpdatedAt) && now.Sub(got.at) < probeReuse
}

func (p *probes) put(c Config, got checked) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last == nil || len(p.last) > maxConfigs {
		p.last = make(map[string]checked)
	}
	p.last[c.ID] = got
}

// probe asks an adapter whether it works, or uses an answer of this instance that is less than 10 s old. fresh tells that
// it was asked now.
func (s *Service) probe(ctx context.Context, r *Remote) (got checked, fresh bool) {
	if got, ok := s.probes.get(r.Config, s.store.Now()); ok {
		return got, false
	}
	err := r.Check(ctx, r.Timeout(probeLimit))
	got = checked{r.UpdatedAt, s.store.Now(), err}
	if !errors.Is(err, context.Canceled) { // the client went away: that says nothing of the adapter
		s.probes.put(r.Config, got)
	}
	return got, true
}

// recordTest keeps the result of a health check after the response. One commit; when it is lost, the next check writes
// anew.
func (s *Service) recordTest(ctx context.Context, id string, got checked) error {
	status := Passed
	if got.err != nil {
		status = Failed
	}
	return after.Do(ctx, "adapters_record_test", func(ctx context.Context) error {
		return s.store.Update(ctx, "adapters_record_test", partition(), func(tx *storage.Tx) error {
			var cfg Config
			if ok, err := tx.Get(configKey(id), &cfg); err != nil || !ok {
				return err
			}
			if !cfg.UpdatedAt.Equal(got.version) || cfg.TestedAt != nil && cfg.TestedAt.After(got.at) {
				return nil // it was changed meanwhile, or tested later
			}
			cfg.TestedAt, cfg.TestStatus = &got.at, status
			return putConfig(tx, cfg)
		}, storage.Reading(configKey(id)))
	})
}
