package isolate

import (
	"io"
	"net/http"
	"strconv"
	"sync"

	"github.com/grafana/sobek"
)

// Limits of what a response may have produced ahead of its reader, and of what
// it produces before other tasks of the isolate have their turn.
const (
	highWater = 256 << 10
	lowWater  = 64 << 10
	turn      = 64 << 10
)

// responseBody is the body of a response that the worker streams. The loop
// writes, whoever has the http.Response reads.
type responseBody struct {
	mu     sync.Mutex
	wake   sync.Cond
	chunks [][]byte
	size   int
	taken  int   // written since the last pause
	err    error // io.EOF at the regular end
	whole  bool  // nobody reads before the end, so nothing waits for it
	resume func()
	cancel func() // tells the stream that nobody reads any more
	done   func() // called by Close
}

func newResponseBody() *responseBody {
	b := &responseBody{}
	b.wake.L = &b.mu
	return b
}

// write adds a chunk, unless the body is closed; open says so. A pause is due
// when the reader is far behind, or others have waited long enough; resume is
// called at its end.
func (b *responseBody) write(chunk []byte, resume func()) (pause, open bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return false, false
	}
	if len(chunk) > 0 {
		b.chunks = append(b.chunks, chunk)
		b.size += len(chunk)
		b.taken += len(chunk)
		b.wake.Signal()
	}
	switch {
	case b.size >= highWater && !b.whole:
		b.resume = resume
	case b.taken >= turn:
		resume()
	default:
		return false, true
	}
	b.taken = 0
	return true, true
}

// finish ends the body, with io.EOF or an error.
func (b *responseBody) finish(err error) {
	b.mu.Lock()
	if b.err == nil {
		b.err = err
	}
	resume := b.resume
	b.resume = nil
	b.wake.Broadcast()
	b.mu.Unlock()
	if resume != nil {
		resume()
	}
}

// Read implements io.Reader.
func (b *responseBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	for len(b.chunks) == 0 && b.err == nil {
		b.wake.Wait()
	}
	if len(b.chunks) == 0 {
		defer b.mu.Unlock()
		return 0, b.err
	}
	n := copy(p, b.chunks[0])
	if b.chunks[0] = b.chunks[0][n:]; len(b.chunks[0]) == 0 {
		b.chunks[0] = nil
		b.chunks = b.chunks[1:]
	}
	b.size -= n
	var resume func()
	if b.size < lowWater {
		resume, b.resume = b.resume, nil
	}
	b.mu.Unlock()
	if resume != nil {
		resume()
	}
	return n, nil
}

// Close implements io.Closer: the worker's stream is cancelled when it has not
// ended.
func (b *responseBody) Close() error {
	b.abandon(io.ErrClosedPipe)
	if b.done != nil {
		b.done()
	}
	return nil
}

// abandon makes reads fail with err and cancels the stream when it has not ended.
func (b *responseBody) abandon(err error) {
	b.mu.Lock()
	open := b.err == nil
	b.chunks, b.size = nil, 0
	b.mu.Unlock()
	b.finish(err)
	if open && b.cancel != nil {
		b.cancel()
	}
}

// pump answers with a body that is read from a stream.
func (fe *fetchEvent) pump(response *http.Response, stream sobek.Value) {
	i := fe.isolate
	body := newResponseBody()
	body.whole = fe.whole
	fe.out = body
	push := i.native(func(call sobek.FunctionCall) sobek.Value {
		chunk := append([]byte(nil), i.wantBytes(call.Argument(0))...)
		promise, resolve, _ := i.rt.NewPromise()
		finish := i.loop.begin()
		pause, open := body.write(chunk, func() { finish(func() { _ = resolve(sobek.Undefined()) }) })
		if pause {
			return i.rt.ToValue(promise)
		}
		i.loop.pending--
		if !open {
			return i.rt.ToValue(false)
		}
		return sobek.Undefined()
	})
	end := i.native(func(call sobek.FunctionCall) sobek.Value {
		if reason := call.Argument(0); !sobek.IsNull(reason) {
			fe.fail(i.exception(reason))
		} else if fe.end() {
			body.finish(io.EOF)
			if fe.whole {
				fe.deliver(response, body)
			}
		}
		return sobek.Undefined()
	})
	var cancel sobek.Value
	if ex := i.rt.Try(func() { cancel = i.call("pump", stream, push, end) }); ex != nil {
		fe.fail(i.exception(ex.Value()))
		return
	}
	body.cancel = func() {
		i.loop.post(func() {
			fe.end()
			_ = i.rt.Try(func() { i.invoke(cancel, sobek.Undefined()) })
		})
	}
	if !fe.whole {
		fe.streaming = true
		fe.deliver(response, body)
	}
}

func (fe *fetchEvent) deliver(response *http.Response, body *responseBody) {
	response.Body, response.ContentLength = body, -1
	if n, err := strconv.ParseInt(response.Header.Get("Content-Length"), 10, 64); err == nil {
		response.ContentLength = n
	}
	fe.reply(response, nil)
}
