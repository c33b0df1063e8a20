//go:build js && wasm

package bridge

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
)

// Failures of a call, by the word that the JavaScript side gives.
var (
	ErrOverloaded  = errors.New("bridge: overloaded")  // refused for load; nothing was done
	ErrUnavailable = errors.New("bridge: unavailable") // failed; it may or may not have been done
	ErrUnbound     = errors.New("bridge: not bound")   // the deployment lacks the binding
	ErrTimeout     = errors.New("bridge: no answer in time")
)

// The kinds of calls.
const (
	kindRead     = "read"     // target: partition
	kindCommit   = "commit"   // target: partition
	kindEdgeGet  = "edge_get" // target: keys, a line each
	kindEdgeScan = "edge_scan"
	kindFetch    = "fetch"
)

type answer struct {
	text string
	err  error
}

// calls are those on their way. An answer to a call that nobody waits for any more is dropped.
type calls struct {
	mu      sync.Mutex
	last    int
	waiting map[int]chan<- answer
}

// receive takes an answer: lines of the id of its call and of its failure, and the text.
func (c *calls) receive(reply string) {
	number, text, _ := strings.Cut(reply, "\n")
	failure, text, _ := strings.Cut(text, "\n")
	id, _ := strconv.Atoi(number) // JavaScript gives back what it got
	c.mu.Lock()
	ch, ok := c.waiting[id]
	delete(c.waiting, id)
	c.mu.Unlock()
	if ok {
		ch <- answer{text, failureOf(failure)} // buffered: it never blocks who brings it
	}
}

func failureOf(word string) error {
	switch word {
	case "":
		return nil
	case "overloaded":
		return ErrOverloaded
	case "unbound":
		return ErrUnbound
	case "timeout":
		return ErrTimeout
	default:
		return ErrUnavailable
	}
}

// call asks the platform and waits for the answer or for the end of ctx. Errors: the four above, or that of ctx.
func (c *calls) call(ctx context.Context, kind, target, payload string) (string, error) {
	ch := make(chan answer, 1)
	c.mu.Lock()
	c.last++
	id := c.last
	c.waiting[id] = ch
	c.mu.Unlock()
	hostCall(strconv.Itoa(id) + "\n" + kind + "\n" + payload + "\n" + target) // JSON has no line ends
	select {
	case a := <-ch:
		return a.text, a.err
	case <-ctx.Done():
		c.mu.Lock()
		delete(c.waiting, id)
		c.mu.Unlock()
		return "", ctx.Err()
	}
}
