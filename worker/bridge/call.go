//go:build js && wasm

package bridge

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"

	"tracedge/core/limit"
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

// call asks the platform and waits for the answer or for the end of ctx. JavaScript keeps a limit of ctx and answers with
// ErrTimeout; without one here there is no timer and nothing to choose from. Errors: the four above, or that of ctx.
func (c *calls) call(ctx context.Context, kind, target, payload string) (string, error) {
	ctx, most := limit.Split(ctx)
	ch := make(chan answer, 1)
	c.mu.Lock()
	c.last++
	id := c.last
	c.waiting[id] = ch
	c.mu.Unlock()
	head := make([]byte, 0, 32+len(kind)+len(payload)+len(target))
	head = append(strconv.AppendInt(head, int64(id), 10), '\n')
	head = append(strconv.AppendInt(head, most.Milliseconds(), 10), '\n')
	head = append(append(head, kind...), '\n')
	head = append(append(head, payload...), '\n') // JSON has no line ends
	hostCall(asText(append(head, target...)))
	if ctx.Done() == nil {
		a := <-ch
		return a.text, a.err
	}
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
