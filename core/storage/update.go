package storage

import (
	"context"
	"errors"
	"strconv"

	"tracedge/core/storage/wire"
	"tracedge/core/trace"
)

type update struct {
	prefetch []Key
	absent   []Key
	scans    []wire.Scan
	observe  []Key
	free     []string
	given    []Key // in view
	view     View
}

// Update changes one partition: fn reads and writes through the transaction, and the commit applies all of it if nothing
// that was read has moved. Otherwise fn runs again on what is there now, with back-off and jitter, for two seconds in
// all; then the error is storage_lock_timeout. So fn must be pure: no I/O, no hashing, no clock, no randomness, no other
// store call. It brings along what it needs.
//
// An error of fn ends the update and nothing is written. Other errors: *BoundError; the faults overloaded,
// database_timeout (with ErrUnknownOutcome in its chain when the commit may have been applied) and database_error.
//
// A crash before the commit leaves nothing; after it the change stands, and rows that fn sent are delivered by the sweep.
func (s *Store) Update(ctx context.Context, op label, p Partition, fn func(*Tx) error, opts ...UpdateOption) error {
	_, err := s.update(ctx, op, p, s.NewID(), fn, opts)
	return err
}

// update runs one traced update under an id and then delivers the rows that it sent. Where it waits for a claim, each look
// is a traced call.
func (s *Store) update(ctx context.Context, op label, p Partition, id string, fn func(*Tx) error, opts []UpdateOption) (*Tx, error) {
	until := s.Now().Add(lockBudget)
	for n := 1; ; n++ {
		end, err := s.traced(ctx, op, trace.Commit, p.Kind())
		if err != nil {
			return nil, err
		}
		tx, attempts, err := s.attempts(ctx, p, id, fn, opts)
		if met := new(metError); errors.As(err, &met) {
			_ = end(attempts, nil) // it has done its work, which was to look
			if err := s.await(ctx, p, met.claim, until, n); err != nil {
				return nil, err
			}
			continue
		}
		if err = end(attempts, err); err != nil {
			return nil, err
		}
		s.dispatch(ctx, p, tx.rows)
		return tx, nil
	}
}

// attempts runs fn until a commit succeeds or the lock budget is used up.
func (s *Store) attempts(ctx context.Context, p Partition, id string, fn func(*Tx) error, opts []UpdateOption) (*Tx, int, error) {
	var u update
	for _, o := range opts {
		o(&u)
	}
	if len(u.free) > 0 {
		fn = meeting(fn, u.free)
		for _, name := range u.free {
			u.absent = append(u.absent, ClaimKey(p, name))
		}
	}
	if len(u.prefetch)+len(u.scans)+len(u.observe) > 0 { // there is a call anyway, so nothing need be assumed
		u.prefetch, u.absent = append(u.prefetch, u.absent...), nil
	}
	until, token := s.clock().Add(lockBudget), s.NewID()
	tx, err := s.begin(ctx, p, id, u)
	for attempt := 1; ; attempt++ {
		if err == nil {
			err = tx.run(fn, token+"-"+strconv.Itoa(attempt))
		}
		if !errors.Is(err, errConflict) {
			return tx, attempt, err
		}
		if !s.clock().Before(until) || attempt >= maxAttempts {
			return tx, attempt, lockTimeout(err)
		}
		if !errors.Is(err, errUnsure) {
			if err := s.sleep(ctx, s.backoff(attempt)); err != nil {
				return tx, attempt, err
			}
		}
		keys, scans := tx.footprint()
		tx, err = s.begin(ctx, p, id, update{prefetch: keys, scans: scans, observe: u.observe})
	}
}

// begin opens a transaction, with everything that is known to be read fetched in one call.
func (s *Store) begin(ctx context.Context, p Partition, id string, u update) (*Tx, error) {
	tx := &Tx{
		ctx: ctx, store: s, partition: p, id: id, now: s.Now(),
		known: make(map[Key]known), puts: make(map[Key]*pending),
	}
	for _, k := range u.absent {
		tx.learn(k, known{})
		tx.guess = true
	}
	for _, k := range u.given {
		found, exists := u.view.Find(k)
		tx.learn(k, known{found, exists})
		tx.guess = true
	}
	switch {
	case len(u.observe) > 0:
		return tx, tx.observe(u.prefetch, u.scans, u.observe)
	case len(u.prefetch) > 0, len(u.scans) > 0:
		return tx, tx.fetch(u.prefetch, u.scans)
	}
	return tx, nil
}

// errUnsure asks for another run because fn refused on grounds that were never read as of one moment.
var errUnsure = errors.Join(errConflict, errors.New("storage: refused on unverified reads"))

// run calls fn once and commits what it wrote.
func (tx *Tx) run(fn func(*Tx) error, token string) error {
	err := fn(tx)
	if tx.broken != nil {
		return tx.broken
	}
	if err != nil {
		if tx.guess || tx.reads > 1 {
			return errUnsure
		}
		return err
	}
	req, err := tx.request(token)
	if err != nil {
		return err
	}
	writes := len(req.Puts) + len(req.Deletes) + len(req.Adds)
	if writes == 0 && tx.reads <= 1 && !tx.guess {
		return nil // one read is a snapshot; there is nothing to verify
	}
	reply, err := tx.store.commit(tx.ctx, req)
	if err != nil {
		return err
	}
	for i, a := range tx.adds {
		if a.into != nil && i < len(reply.Sums) {
			*a.into = reply.Sums[i].Value
		}
	}
	return nil
}

// footprint is what the transaction read, to be fetched at once by the next attempt.
func (tx *Tx) footprint() ([]Key, []wire.Scan) {
	scans := make([]wire.Scan, len(tx.scans))
	for i, s := range tx.scans {
		scans[i] = s.ask
	}
	return tx.asked, scans
}

// request builds the commit. The token names the attempt, so that only a repeat of the same request replays it: another
// run of an operation, which has the same id, may ask for something else.
func (tx *Tx) request(token string) (wire.CommitRequest, error) {
	req := wire.CommitRequest{Partition: tx.partition.name, Token: token}
	for _, k := range tx.asked {
		req.Reads = append(req.Reads, wire.KeyVersion{Key: string(k), Version: tx.known[k].record.Version})
	}
	for _, s := range tx.scans {
		req.Ranges = append(req.Ranges, s.verify())
	}
	if err := tx.leave(); err != nil {
		return req, err
	}
	for _, w := range tx.order {
		if w.deleted {
			req.Deletes = append(req.Deletes, string(w.key))
			continue
		}
		doc := w.doc
		if w.put.sealed {
			var err error
			if doc, err = seal(tx.store.sealer, w.key, doc); err != nil {
				return req, err
			}
		}
		req.Puts = append(req.Puts, wire.Put{Key: string(w.key), Doc: doc, Expires: w.put.expiry(), EdgeKey: w.put.edgeKey(w.key)})
	}
	for _, a := range tx.adds {
		req.Adds = append(req.Adds, a.wire)
	}
	return req, nil
}

// verify is the range that a page covered: up to its last record, or to the end of the prefix when it was the last page.
func (s scanned) verify() wire.Range {
	r := wire.Range{Prefix: s.ask.Prefix, After: s.ask.After, Reverse: s.ask.Reverse, Count: s.reply.Count, Max: s.reply.Max}
	if s.reply.More && len(s.reply.Records) > 0 {
		r.Until = s.reply.Records[len(s.reply.Records)-1].Key
	}
	return r
}
