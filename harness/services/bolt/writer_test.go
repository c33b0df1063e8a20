package bolt

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"tracedge/harness/services"
)

func openTest(t testing.TB) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "data.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// transactions returns how many transactions were committed so far.
func transactions(t testing.TB, s *Store) (id int) {
	t.Helper()
	if err := s.db.View(func(tx *bbolt.Tx) error { id = tx.ID(); return nil }); err != nil {
		t.Fatal(err)
	}
	return id
}

// whileBusy starts n calls of do, lets all of them queue up behind a transaction
// that is under way, and returns their errors.
func whileBusy(t *testing.T, s *Store, n int, do func(i int) error) []error {
	t.Helper()
	entered, release := make(chan struct{}), make(chan struct{})
	errs := make([]error, n)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.writer.do(t.Context(), func(*bbolt.Tx) error { close(entered); <-release; return nil }); err != nil {
			t.Errorf("the transaction under way: %v", err)
		}
	})
	<-entered
	for i := range n {
		wg.Go(func() { errs[i] = do(i) })
	}
	for len(s.writer.queue) < n {
		time.Sleep(time.Millisecond)
	}
	close(release)
	wg.Wait()
	return errs
}

func TestGroupCommit(t *testing.T) {
	s := openTest(t)
	before := transactions(t, s)
	const n = 200
	for i, err := range whileBusy(t, s, n, func(i int) error {
		return s.Objects("C").Object(fmt.Sprint(i)).Apply(t.Context(), services.Batch{Puts: []services.Pair{{Key: "k", Value: []byte("v")}}})
	}) {
		if err != nil {
			t.Errorf("Apply %d: %v", i, err)
		}
	}
	if used := transactions(t, s) - before; used != 2 {
		t.Errorf("%d writers at once used %d transactions beside the one they waited for, want 1", n, used-1)
	}
}

func TestFailingChangeFailsAlone(t *testing.T) {
	s := openTest(t)
	bad := errors.New("this change cannot be written")
	errs := whileBusy(t, s, 50, func(i int) error {
		return s.writer.do(t.Context(), func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists([]byte("test"))
			if err != nil {
				return err
			}
			if err := b.Put(fmt.Appendf(nil, "%d", i), []byte("v")); err != nil {
				return err
			}
			if i%10 == 3 {
				return bad
			}
			return nil
		})
	})
	err := s.view([]byte("test"), func(b *bbolt.Bucket) error {
		for i, err := range errs {
			written := b.Get(fmt.Appendf(nil, "%d", i)) != nil
			if fails := i%10 == 3; errors.Is(err, bad) != fails || written == fails || !fails && err != nil {
				t.Errorf("change %d: error %v, written %v", i, err, written)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCloseFinishesWhatIsQueued(t *testing.T) {
	s := openTest(t)
	path := s.db.Path()
	var wg sync.WaitGroup
	outcome := make([]error, 100)
	for i := range outcome {
		wg.Go(func() {
			outcome[i] = s.Objects("C").Object("o").Apply(context.Background(), services.Batch{Puts: []services.Pair{{Key: fmt.Sprint(i)}}})
		})
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i, err := range outcome {
		_, there, getErr := s.Objects("C").Object("o").Get(fmt.Sprint(i))
		switch {
		case getErr != nil:
			t.Fatal(getErr)
		case err == nil && !there:
			t.Errorf("acknowledged write %d is gone", i)
		case err != nil && there:
			t.Errorf("write %d failed with %v but is there", i, err)
		case err != nil && !errors.Is(err, services.ErrClosed):
			t.Errorf("write %d: %v", i, err)
		}
	}
}

func TestPurgeRemovesExpiredEntries(t *testing.T) {
	s := openTest(t)
	kv := s.KV("n")
	for i := range 100 {
		if err := kv.Put(t.Context(), services.KVEntry{Key: fmt.Sprint(i), Expiration: 1 + int64(i)}); err != nil {
			t.Fatal(err)
		}
	}
	for range 100 / purgeLimit {
		if err := kv.Delete(t.Context(), "none"); err != nil {
			t.Fatal(err)
		}
	}
	for _, bucket := range []string{"kv:n", "expiry:n"} {
		err := s.view([]byte(bucket), func(b *bbolt.Bucket) error {
			if k, _ := b.Cursor().First(); k != nil {
				t.Errorf("%s still has %q", bucket, k)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func BenchmarkApply(b *testing.B) {
	for _, writers := range []int{1, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			s := openTest(b)
			value := make([]byte, 500)
			var wg sync.WaitGroup
			next := make(chan int)
			for range writers {
				wg.Go(func() {
					for i := range next {
						o := s.Objects("C").Object(fmt.Sprint(i % 10000))
						if err := o.Apply(b.Context(), services.Batch{Puts: []services.Pair{{Key: "k", Value: value}}}); err != nil {
							b.Error(err)
						}
					}
				})
			}
			for i := range b.N {
				next <- i
			}
			close(next)
			wg.Wait()
		})
	}
}
