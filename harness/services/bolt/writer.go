package bolt

import (
	"context"
	"sync"

	"go.etcd.io/bbolt"

	"tracedge/harness/services"
)

// maxGroup bounds the changes of one transaction, and with them its memory and
// the time that the first of them waits for the last.
const maxGroup = 1024

// A change is one atomic set of writes. It may be run a second time, after the
// transaction of the first run was rolled back.
type change func(tx *bbolt.Tx) error

// job is a change on its way to the disk.
type job struct {
	change change
	done   chan error // gets the outcome; has room for it
}

// writer is the one goroutine that writes. While it waits for the disk, further
// changes queue up; it then commits all of them in one transaction. A single
// writer pays for one sync and never waits for others; a hundred at once share
// one.
type writer struct {
	db      *bbolt.DB
	queue   chan job
	stopped chan struct{} // closed when the goroutine has ended

	mu     sync.RWMutex // held for reading while something is put into queue
	closed bool
}

func newWriter(db *bbolt.DB) *writer {
	w := &writer{db: db, queue: make(chan job, maxGroup), stopped: make(chan struct{})}
	go w.run()
	return w
}

// do makes c durable, in the order of calls, and returns when it is on disk. When ctx
// is done before c was queued nothing is written; afterwards do waits for the
// outcome regardless, so that an error always means that nothing was written.
func (w *writer) do(ctx context.Context, c change) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := job{change: c, done: make(chan error, 1)}
	w.mu.RLock()
	if w.closed {
		w.mu.RUnlock()
		return services.ErrClosed
	}
	select {
	case w.queue <- j:
		w.mu.RUnlock()
	case <-ctx.Done():
		w.mu.RUnlock()
		return ctx.Err()
	}
	return <-j.done
}

// close commits what is queued and ends the goroutine. Closing twice is fine.
func (w *writer) close() {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		close(w.queue)
	}
	w.mu.Unlock()
	<-w.stopped
}

func (w *writer) run() {
	defer close(w.stopped)
	group := make([]job, 0, maxGroup)
	for j := range w.queue {
		group = append(group[:0], j)
		for more := true; more && len(group) < maxGroup; {
			select {
			case j, more = <-w.queue:
				if more {
					group = append(group, j)
				}
			default:
				more = false
			}
		}
		w.commit(group)
	}
}

// commit writes all changes of group in one transaction. When that fails, each
// gets one of its own, so that none fails because of another.
func (w *writer) commit(group []job) {
	err := w.db.Update(func(tx *bbolt.Tx) error {
		for _, j := range group {
			if err := j.change(tx); err != nil {
				return err
			}
		}
		return nil
	})
	for _, j := range group {
		if err != nil && len(group) > 1 {
			j.done <- w.db.Update(j.change)
			continue
		}
		j.done <- err
	}
}
