package storage

import (
	"context"
	"errors"
	"time"
)

// Sweep goes on with what requests left behind: it lists the marks in KV, and in each partition that is due delivers the
// rows and resolves the expired reservations. It takes at most the given number of partitions and reports how many it
// worked on. Failures do not stop it; they are joined. Safe to run while requests and other sweeps run.
func (s *Store) Sweep(ctx context.Context, limit int) (int, error) {
	var errs []error
	worked, cursor := 0, ""
	for worked < limit {
		records, next, err := s.ScanEdge(ctx, "outbox_scan_marks", markPrefix, cursor, 100)
		if err != nil {
			return worked, err
		}
		for _, rec := range records {
			var m mark
			if err := rec.Decode(&m); err != nil {
				errs = append(errs, err)
				continue
			}
			if m.Due.After(s.Now()) || worked >= limit {
				continue
			}
			worked++
			errs = append(errs, s.sweep(ctx, m.Partition))
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	return worked, errors.Join(errs...)
}

// sweep works off one partition.
func (s *Store) sweep(ctx context.Context, name string) error {
	p, err := ParsePartition(name)
	if err != nil {
		return err
	}
	var due []Row
	var lapsed []Claim
	// Taking the rows moves their time on, so that two sweeps do not carry the same row outside together.
	err = s.Update(ctx, "outbox_take_rows", p, func(tx *Tx) error {
		due, lapsed = nil, nil
		left, err := tx.workload()
		if err != nil {
			return err
		}
		for _, k := range left.order {
			r := left.rows[k]
			if r.Failed || r.Next.After(tx.now) || left.blocked(r, tx.now) {
				continue
			}
			r.Next = tx.now.Add(lease)
			left.rows[k] = r
			due = append(due, r)
			tx.Put(k, r)
		}
		for name, c := range left.reserved {
			if c.Expires.Before(tx.now) {
				lapsed = append(lapsed, c)
				left.reserved[name] = c.until(tx.now.Add(lease))
			}
		}
		return tx.remark(left)
	}, workloadScans(p))
	if err != nil {
		return err
	}
	errs := []error{}
	if len(due) > 0 {
		errs = append(errs, s.settle(ctx, p, s.deliver(ctx, p, due)))
	}
	for _, c := range lapsed {
		if _, err := s.Resolve(ctx, p, c); !errors.Is(err, ErrUndelivered) { // the home's sweep goes on with the row
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// until is the claim with another expiry, for working out when to look again; it is not stored.
func (c Claim) until(t time.Time) Claim {
	c.Expires = t
	return c
}
