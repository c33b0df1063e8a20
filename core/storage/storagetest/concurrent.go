package storagetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"tracedge/core/storage/wire"
)

// workers is how many goroutines meet in a case of concurrency.
const workers = 32

// together runs f in all workers at once and returns their errors.
func together(f func(worker int) error) error {
	var wg sync.WaitGroup
	errs := make([]error, workers)
	for i := range workers {
		wg.Go(func() { errs[i] = f(i) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// concurrentUpdates: read, change and commit loses no change, whoever else does it at the same time.
func concurrentUpdates(l *lab) {
	const each = 2
	err := together(func(int) error {
		for range each {
			if err := l.increment("n"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		l.Fatal(err)
	}
	l.want("n", fmt.Sprint(workers*each))
}

// increment adds one to a number, again after every conflict.
func (l *lab) increment(rest string) error {
	key := l.key(rest)
	for range 10_000 {
		reply, err := l.tryRead(wire.ReadRequest{Keys: []string{key}})
		if err != nil || !reply.OK {
			return fmt.Errorf("read is answered %+v, %v", reply, err)
		}
		n, version := 0, int64(0)
		if len(reply.Records) == 1 {
			version = reply.Records[0].Version
			if _, err := fmt.Sscan(reply.Records[0].Doc, &n); err != nil {
				return err
			}
		}
		done, err := l.tryCommit(wire.CommitRequest{
			Reads: []wire.KeyVersion{{Key: key, Version: version}},
			Puts:  []wire.Put{{Key: key, Doc: fmt.Sprint(n + 1)}},
		})
		switch {
		case err != nil:
			return err
		case done.OK:
			return nil
		case done.Error != wire.Conflict:
			return fmt.Errorf("commit is answered %+v", done)
		}
	}
	return errors.New("no quiet moment in 10,000 attempts")
}

// concurrentAdditions: none is lost, none is made beyond the bound, and none conflicts.
func concurrentAdditions(l *lab) {
	const each, room = 4, 100 // 32 * 4 additions into 100
	most := int64(room)
	applied := make([]int, workers)
	err := together(func(worker int) error {
		for range each {
			reply, err := l.tryCommit(wire.CommitRequest{Adds: []wire.Add{
				{Key: l.key("n"), N: 1, Max: &most}, {Key: l.key(fmt.Sprintf("of/%d", worker)), N: 1},
			}})
			switch {
			case err != nil:
				return err
			case reply.OK:
				applied[worker]++
			case reply.Error != wire.Bound || reply.Value != room:
				return fmt.Errorf("commit is answered %+v", reply)
			}
		}
		return nil
	})
	if err != nil {
		l.Fatal(err)
	}
	l.want("n", fmt.Sprint(room))
	sum := 0
	for worker, n := range applied {
		sum += n
		doc := ""
		if n > 0 {
			doc = fmt.Sprint(n)
		}
		l.want(fmt.Sprintf("of/%d", worker), doc)
	}
	if sum != room {
		l.Fatalf("%d additions were answered as applied, want %d", sum, room)
	}
}

// replayAtOnce: of many equal commits at the same moment one is applied.
func replayAtOnce(l *lab) {
	req := wire.CommitRequest{Token: token(), Adds: []wire.Add{{Key: l.key("n"), N: 1}}}
	var applied, version atomic.Int64
	err := together(func(int) error {
		reply, err := l.tryCommit(req)
		if err != nil || !reply.OK {
			return fmt.Errorf("commit is answered %+v, %v", reply, err)
		}
		if !reply.Replayed {
			applied.Add(1)
		}
		if v := version.Swap(reply.Version); v != 0 && v != reply.Version {
			return fmt.Errorf("versions %d and %d of one commit", v, reply.Version)
		}
		return nil
	})
	if err != nil {
		l.Fatal(err)
	}
	if n := applied.Load(); n != 1 {
		l.Fatalf("%d of %d equal commits are applied", n, workers)
	}
	l.want("n", `1`)
}
