//go:build js && wasm

package bridge

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"syscall/js"
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
	kindRead     = "read"   // target: partition
	kindCommit   = "commit" // target: partition
	kindEdgeGet  = "edge_get"
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
	send    js.Value // host.call
}

// start registers the function that answers arrive at.
func (c *calls) start() {
	c.waiting = make(map[int]chan<- answer)
	c.send = host().Get("call")
	surroundings.Get("binding").Set("reply", js.FuncOf(func(_ js.Value, args []js.Value) any {
		number, text, _ := strings.Cut(args[0].String(), "\n")
		failure, text, _ := strings.Cut(text, "\n")
		id, _ := strconv.Atoi(number) // it gives back what it got
		c.reply(id, failure, text)
		return nil
	}))
}

func (c *calls) reply(id int, failure, text string) {
	c.mu.Lock()
	ch, ok := c.waiting[id]
	delete(c.waiting, id)
	c.mu.Unlock()
	if ok {
		ch <- answer{text, failureOf(failure)} // buffered: it never blocks the event
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
	// One text, since each that crosses is a value to be kept and given up on both sides. JSON has no line ends.
	c.send.Invoke(strconv.Itoa(id) + "\n" + kind + "\n" + payload + "\n" + target)
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
