package isolate

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"

	"github.com/grafana/sobek"

	"tracedge/harness/gojs"
	"tracedge/harness/isolate/whatwg"
)

// fetchEvent is one HTTP request on its way through a worker.
type fetchEvent struct {
	*event
	request *http.Request
	body    []byte // the whole request body, when stream is nil
	stream  io.ReadCloser
	object  *sobek.Object // the Request
	reply   func(*http.Response, error)
	out     *responseBody
	home    atomic.Pointer[isolate] // where it began; any goroutine
	gone    atomic.Bool             // the client went away; any goroutine
	whole   bool                    // the response is wanted in one piece
}

// serve runs the handler for a request. reply is called once, on the loop.
func (i *isolate) serve(fe *fetchEvent) {
	if i.stopped != nil {
		i.inFlight.Add(-1)
		i.pass(func(moved bool) {
			if moved {
				i.cluster.dispatch(i.slot.index, fe)
			} else {
				fe.reply(nil, i.stopped)
			}
		})
		return
	}
	fe.event = i.begin()
	fe.fail = fe.failed
	ex := i.rt.Try(func() { fe.object = i.newRequest(fe) })
	if ex != nil {
		fe.fail(i.exception(ex.Value()))
		return
	}
	if fe.gone.Load() { // before there was anybody to tell
		i.loop.post(fe.abort)
	}
	fe.handle("fetch", fe.object, fe.respond)
}

// newRequest makes the Request object.
func (i *isolate) newRequest(fe *fetchEvent) *sobek.Object {
	r := fe.request
	list := fromHTTP(r.Header)
	if r.Host != "" {
		list.Set("host", r.Host)
	}
	if r.ContentLength >= 0 && r.Body != nil && r.Body != http.NoBody && !list.Has("content-length") {
		list.Set("content-length", strconv.FormatInt(r.ContentLength, 10))
	}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		list.Set("cf-connecting-ip", host)
	}
	list.Immutable = true
	body, stream := sobek.Null(), sobek.Null()
	switch {
	case fe.stream != nil:
		stream = i.call("sourceStream", i.rt.ToValue(&source{isolate: i, r: fe.stream}))
	case len(fe.body) > 0:
		body = i.bytes(fe.body)
	}
	return i.call("newRequest", i.rt.ToValue(r.Method), i.rt.ToValue(requestURL(r)), i.newHeaders(list), body, stream).(*sobek.Object)
}

// requestURL is the absolute URL of a server's or a client's request.
func requestURL(r *http.Request) string {
	url := *r.URL
	if url.Scheme == "" {
		url.Scheme = "http"
		if r.TLS != nil {
			url.Scheme = "https"
		}
	}
	if r.Host != "" {
		url.Host = r.Host
	}
	if url.Host == "" {
		url.Host = "localhost"
	}
	url.Fragment, url.User = "", nil
	if parsed, err := whatwg.ParseURL(url.String(), nil); err == nil {
		return parsed.String()
	}
	return url.String()
}

// respond passes the handler's Response on.
func (fe *fetchEvent) respond(value sobek.Value) {
	i := fe.isolate
	if fe.ended {
		return
	}
	var response *http.Response
	var stream sobek.Value
	ex := i.rt.Try(func() {
		parts := i.call("responseParts", value).(*sobek.Object)
		body := parts.Get("3")
		response = newResponse(fe.request, int(parts.Get("0").ToInteger()), parts.Get("1").String(), i.headersOf(parts.Get("2")))
		if sobek.IsNull(body) {
			response.Body, response.ContentLength = http.NoBody, 0
		} else if data, ok := gojs.Bytes(body); ok {
			response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
		} else {
			stream = body
		}
	})
	switch {
	case ex != nil:
		fe.fail(i.exception(ex.Value()))
	case stream != nil:
		fe.pump(response, stream)
	case fe.end():
		fe.reply(response, nil)
	}
}

func newResponse(r *http.Request, status int, text string, list *whatwg.Headers) *http.Response {
	if text == "" {
		text = http.StatusText(status)
	}
	return &http.Response{
		Status: strconv.Itoa(status) + " " + text, StatusCode: status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: toHTTP(list), Request: r,
	}
}

func (fe *fetchEvent) failed(err error) {
	if !fe.end() {
		return
	}
	if fe.out != nil {
		fe.out.finish(err)
	}
	if !fe.streaming {
		fe.reply(nil, err)
	}
}

// leave notes that the client is gone; any goroutine may call it.
func (fe *fetchEvent) leave() {
	fe.gone.Store(true)
	if i := fe.home.Load(); i != nil {
		i.loop.post(fe.abort)
	}
}

// abort tells the worker that the client is gone. The handler goes on; what it
// answers is dropped.
func (fe *fetchEvent) abort() {
	if fe.object == nil || fe.isolate.stopped != nil {
		return
	}
	i := fe.isolate
	if ex := i.rt.Try(func() { i.call("abortRequest", fe.object) }); ex != nil {
		i.uncaught("Uncaught " + i.describe(ex.Value()))
	}
}

// maxBuffered is the size up to which a request body is read before the event
// begins; larger ones are streamed.
const maxBuffered = 1 << 20

// newFetchEvent prepares a request. Small bodies are read here, off the loop.
func newFetchEvent(ctx context.Context, r *http.Request) (*fetchEvent, error) {
	fe := &fetchEvent{request: r}
	switch {
	case r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0:
	case r.ContentLength > 0 && r.ContentLength <= maxBuffered:
		fe.body = make([]byte, r.ContentLength)
		if _, err := io.ReadFull(r.Body, fe.body); err != nil {
			return nil, err
		}
	default:
		fe.stream = r.Body
	}
	return fe, ctx.Err()
}
