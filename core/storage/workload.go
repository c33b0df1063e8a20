package storage

import "time"

// workload is what a partition still owes: rows to deliver, and reservations that no operation has resolved.
type workload struct {
	rows     map[Key]Row
	order    []Key
	reserved map[string]Claim
	more     bool // there is more than was read
}

// maxWorkload bounds the rows, and the claims, that one look takes in.
const maxWorkload = 200

// workload reads what the partition owes. It must come before writes to the machinery's keys; workloadScans fetches it
// ahead.
func (tx *Tx) workload() (workload, error) {
	w := workload{rows: make(map[Key]Row), reserved: make(map[string]Claim)}
	rows, err := tx.Scan(tx.partition.Prefix(outboxArea), Page{Limit: maxWorkload})
	if err != nil {
		return w, err
	}
	claims, err := tx.Scan(tx.partition.Prefix(claimArea), Page{Limit: maxWorkload})
	if err != nil {
		return w, err
	}
	for _, rec := range rows.Records {
		var r Row
		if err := rec.Decode(&r); err != nil {
			return w, tx.fail(err)
		}
		w.rows[rec.Key] = r
		w.order = append(w.order, rec.Key)
	}
	for _, rec := range claims.Records {
		var c Claim
		if err := rec.Decode(&c); err != nil {
			return w, tx.fail(err)
		}
		if !c.Held {
			w.reserved[c.Name] = c
		}
	}
	w.more = rows.Next != "" || claims.Next != ""
	return w, nil
}

// blocked tells whether a row stands behind one of its commit that is not due yet.
func (w workload) blocked(r Row, now time.Time) bool {
	if !r.Behind {
		return false
	}
	for _, other := range w.rows {
		if other.Op == r.Op && !other.Behind && !other.Failed && other.Next.After(now) {
			return true
		}
	}
	return false
}

// remark leaves the mark as the workload asks for: gone, or due when the first of it is.
func (tx *Tx) remark(w workload) error {
	var due time.Time
	earliest := func(t time.Time) {
		if due.IsZero() || t.Before(due) {
			due = t
		}
	}
	for _, r := range w.rows {
		if !r.Failed {
			earliest(r.Next)
		}
	}
	for _, c := range w.reserved {
		earliest(c.Expires)
	}
	if w.more {
		earliest(tx.now)
	}
	if due.IsZero() {
		return tx.Delete(tx.partition.markKey())
	}
	return tx.arm(due)
}
