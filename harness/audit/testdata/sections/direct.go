// Package sections does inside updates what an update may not do.
package sections

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"tracedge/core/fault"
	"tracedge/core/storage"
	"tracedge/core/trace"
	"tracedge/core/web"
)

var p = storage.In("sections", "1")

type service struct {
	store *storage.Store
	mu    sync.Mutex
	log   trace.Logger
}

func (s *service) direct(ctx context.Context, c *web.Call, ch chan int, r io.Reader) {
	now, hash := time.Now(), sha256.Sum256(nil)
	s.store.Update(ctx, "sections_update_all", p, func(tx *storage.Tx) error {
		sha256.Sum256(nil)                                       // want `section: crypto/sha256.Sum256 hashes`
		time.Now()                                               // want `section: time.Now reads the clock`
		time.Sleep(1)                                            // want `section: time.Sleep reads the clock or waits`
		io.ReadFull(rand.Reader, nil)                            // want `section: io.ReadFull does I/O` `section: uses rand.Reader, which draws randomness`
		r.Read(nil)                                              // want `section: io.Reader.Read does I/O`
		http.Get("x")                                            // want `section: net/http.Get does I/O`
		fmt.Println("x")                                         // want `section: fmt.Println does I/O`
		fmt.Fprintln(os.Stderr, "x")                             // want `section: uses os.Stderr, which does I/O`
		s.log.Log(trace.Notice{})                                // want `section: trace.Logger.Log logs`
		s.store.Now()                                            // want `section: .*Now is a call of the store`
		s.store.NewID()                                          // want `section: .*NewID is a call of the store`
		s.store.Read(ctx, "sections_read_inside", p)             // want `section: .*Read is a call of the store`
		s.store.ScanEdge(ctx, "sections_scan_inside", "", "", 1) // want `section: .*ScanEdge is a call of the store`
		c.NewID()                                                // want `section: .*NewID reads the clock or randomness`
		c.Now()                                                  // want `section: .*Now reads the clock or randomness`
		ch <- 1                                                  // want `section: sends on a channel`
		<-ch                                                     // want `section: receives from a channel`
		close(ch)                                                // want `section: closes a channel`
		go func() {}()                                           // want `section: starts a goroutine`
		context.WithTimeout(ctx, 1)                              // want `section: context.WithTimeout reads the clock`
		return nil
	})
	s.store.Update(ctx, "sections_update_locked", p, func(tx *storage.Tx) error {
		s.mu.Lock()         // want `section: .*Lock locks or waits`
		defer s.mu.Unlock() // want `section: .*Unlock locks or waits`
		return nil
	})
	s.store.Update(ctx, "sections_update_selecting", p, func(tx *storage.Tx) error {
		select { // want `section: selects among channels`
		case <-ch:
		case ch <- 1:
		}
		return nil
	})
	s.store.Update(ctx, "sections_update_pure", p, func(tx *storage.Tx) error {
		if now.After(time.Time{}) {
			return fault.Conflict("x", "It is late")
		}
		var b strings.Builder
		fmt.Fprintf(&b, "%x", hash)
		return tx.Put(p.Key("x"), b.String(), storage.Expires(now.Add(time.Hour)))
	})
}
