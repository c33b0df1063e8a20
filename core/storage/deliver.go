package storage

import (
	"context"
	"errors"
	"sync"
	"time"

	"tracedge/core/after"
	"tracedge/core/fault"
	"tracedge/core/trace"
)

// outcome is what became of an attempt at a row: done, or how the row stands now.
type outcome struct {
	row  Row
	done bool
}

// dispatch delivers the rows of a commit that has just been made: those marked now before it returns, the others after
// the response. No failure here fails the request, for the rows are stored and the sweep goes on with them.
func (s *Store) dispatch(ctx context.Context, home Partition, rows []Row) {
	if len(rows) == 0 {
		return
	}
	first, rest := split(rows, func(r Row) bool { return r.now })
	done := s.deliver(ctx, home, first)
	err := after.Do(ctx, "outbox_deliver_rows", func(ctx context.Context) error {
		return s.settle(ctx, home, append(done, s.deliver(ctx, home, rest)...))
	})
	if err != nil {
		s.notice(ctx, "outbox_deliver_rows", err)
	}
}

// split parts the rows for which the test holds from the others.
func split(rows []Row, test func(Row) bool) (yes, no []Row) {
	for _, r := range rows {
		if test(r) {
			yes = append(yes, r)
		} else {
			no = append(no, r)
		}
	}
	return yes, no
}

// deliver tries each row once: side by side, but those behind others after them, and not if one of these failed.
func (s *Store) deliver(ctx context.Context, home Partition, rows []Row) []outcome {
	behind, front := split(rows, func(r Row) bool { return r.Behind })
	out := s.tryAll(ctx, home, front)
	if len(behind) == 0 {
		return out
	}
	stuck := make(map[string]bool)
	for _, o := range out {
		if !o.done {
			stuck[o.row.Op] = true
		}
	}
	wait, ready := split(behind, func(r Row) bool { return stuck[r.Op] })
	for _, r := range wait {
		out = append(out, outcome{row: r})
	}
	return append(out, s.tryAll(ctx, home, ready)...)
}

func (s *Store) tryAll(ctx context.Context, home Partition, rows []Row) []outcome {
	out := make([]outcome, len(rows))
	var wg sync.WaitGroup
	for i, r := range rows {
		wg.Go(func() { out[i] = s.try(ctx, home, r) })
	}
	wg.Wait()
	return out
}

// try delivers one row and says how it stands then.
func (s *Store) try(ctx context.Context, home Partition, r Row) outcome {
	err := r.open(s.sealer, home)
	if err == nil {
		err = s.carry(ctx, r)
	}
	var later *postponed
	now := s.Now()
	switch {
	case err == nil:
		return outcome{row: r, done: true}
	case errors.As(err, &later):
		r.Next, r.Reason = later.until, later.reason
	default:
		r.Attempts++
		r.Next, r.Reason = now.Add(pause(r.Attempts)), string(fault.KindOf(err))
		h := s.handlers[r.Kind]
		r.Failed = h.GiveUp > 0 && now.Sub(r.Created) > h.GiveUp
	}
	if r.Failed {
		r.erase()
	}
	return outcome{row: r}
}

func (s *Store) carry(ctx context.Context, r Row) error {
	h, ok := s.handlers[r.Kind]
	switch {
	case !ok:
		return errors.New("storage: no handler for rows of kind " + r.Kind)
	case h.Perform != nil:
		return h.Perform(ctx, r)
	}
	target, err := ParsePartition(r.Target)
	if err != nil {
		return err
	}
	var opts []UpdateOption
	var reading, absent []Key
	if h.Reads != nil {
		reading, absent = h.Reads(r)
	}
	seen := target.Key(inboxArea, r.ID())
	switch {
	case h.Claims:
		opts = append(opts, workloadScans(target), Reading(append(append(reading, absent...), seen)...))
	case r.Attempts > 0 || len(reading) > 0:
		opts = append(opts, Reading(append(reading, seen)...), AssumeAbsent(absent...))
	default: // the first attempt at a row, most likely; the commit finds out
		opts = append(opts, AssumeAbsent(append(absent, seen)...))
	}
	return s.once(ctx, label(r.Kind), target, r, func(tx *Tx) error { return h.Apply(tx, r) }, opts...)
}

// Once is an update that happens once for a row, however often the row is delivered: the target keeps which rows it has
// applied. A Perform whose effect is a change of ours uses it to be exact.
func (s *Store) Once(ctx context.Context, op label, p Partition, r Row, fn func(*Tx) error, opts ...UpdateOption) error {
	return s.once(ctx, op, p, r, fn, append(opts, Reading(p.Key(inboxArea, r.ID())))...)
}

func (s *Store) once(ctx context.Context, op label, p Partition, r Row, fn func(*Tx) error, opts ...UpdateOption) error {
	seen := p.Key(inboxArea, r.ID())
	return s.Update(ctx, op, p, func(tx *Tx) error {
		if applied, err := tx.Exists(seen); applied || err != nil {
			return err
		}
		if err := fn(tx); err != nil {
			return err
		}
		return tx.Put(seen, true, Expires(tx.now.Add(inboxMemory)))
	}, opts...)
}

// inboxMemory is how long a target remembers an applied row. A row is delivered again only while its home still has it,
// which the sweep tries to end every minute.
const inboxMemory = 30 * 24 * time.Hour

// settle writes the outcomes back to the rows' home and leaves the mark as what remains asks for. Where others send and
// settle rows at the same time it does not insist: it takes its own rows away and leaves the mark, which each of the others
// has set anew, to the last of them or to the sweep.
func (s *Store) settle(ctx context.Context, home Partition, outcomes []outcome) error {
	runs, busy := 0, false
	err := s.Update(ctx, "outbox_settle_rows", home, func(tx *Tx) error {
		runs++
		if busy = runs > 1; busy {
			return nil
		}
		left, err := tx.workload()
		if err != nil {
			return err
		}
		for _, o := range outcomes {
			k := o.row.key(home)
			if _, ok := left.rows[k]; !ok {
				continue // somebody else settled it
			}
			if o.done {
				delete(left.rows, k)
				tx.Delete(k)
				continue
			}
			left.rows[k] = o.row
			tx.Put(k, o.row)
		}
		return tx.remark(left)
	}, workloadScans(home))
	if err != nil || !busy {
		return err
	}
	return s.drop(ctx, home, outcomes)
}

// drop is settle without a look at other rows and at the mark.
func (s *Store) drop(ctx context.Context, home Partition, outcomes []outcome) error {
	var undone []Key
	for _, o := range outcomes {
		if !o.done {
			undone = append(undone, o.row.key(home))
		}
	}
	return s.Update(ctx, "outbox_drop_rows", home, func(tx *Tx) error {
		for _, o := range outcomes {
			k := o.row.key(home)
			if o.done {
				tx.Delete(k)
			} else if there, err := tx.Exists(k); err != nil {
				return err
			} else if there {
				tx.Put(k, o.row)
			}
		}
		return nil
	}, Reading(undone...))
}

// pause before the next attempt at a row: ten seconds, doubling, at most an hour.
func pause(attempts int) time.Duration {
	return min(time.Hour, 10*time.Second<<min(attempts-1, 10))
}

func (s *Store) notice(ctx context.Context, task string, err error) {
	if span := trace.FromContext(ctx); span != nil {
		s.logger.Log(span.BackgroundError(task, string(fault.KindOf(err))))
	}
}
