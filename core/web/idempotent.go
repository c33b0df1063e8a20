package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"

	"tracedge/core/fault"
	"tracedge/core/message"
	"tracedge/core/status"
)

// replay is a kept response that is given again; settled is a response rendered before it was kept.
type replay struct{ Rendered }

type settled struct {
	Rendered
	header message.Header
}

// Replay is the answer of a request that an interrupted run of it has made already: the response that was kept then.
func Replay(kept Rendered) any { return replay{kept} }

// errAborted is the cause of a release when the handler panicked.
var errAborted = errors.New("web: the handler panicked")

// keyed runs the handler under the request's idempotency key, if it has one that counts: a POST with a caller.
func (s *Server) keyed(c *Call, next Handler) (any, error) {
	key, err := idempotencyKey(c)
	if err != nil {
		return nil, err
	}
	if key == "" || s.Idempotency == nil {
		return next(c)
	}
	ask := KeyedRequest{UserID: c.caller.UserID, Key: key, Fingerprint: fingerprint(c), Operation: c.NewID()}
	got, err := s.Idempotency.Reserve(c.Context(), ask)
	if err != nil {
		return nil, err
	}
	switch got.State {
	case Replayable:
		return replay{got.Response}, nil
	case InFlight:
		return nil, fault.Conflict("", "A request with this Idempotency-Key is still running").WithHeader("Retry-After", "1")
	case Mismatched:
		return nil, fault.Invalid("", "The Idempotency-Key was used for another request")
	}
	c.operation = got.Operation
	c.reservation = &Reservation{
		UserID: ask.UserID, Key: key, Fingerprint: ask.Fingerprint, Operation: got.Operation, Resumed: got.Resumed,
	}
	value, err := s.reserved(c, next)
	if errors.Is(err, errProcessed) {
		return s.again(c, ask, err)
	}
	return value, err
}

// errProcessed is the cause of Processed.
var errProcessed = errors.New("web: an earlier run of the request has made its change")

// Processed is what a handler returns when it finds that an earlier run of the same request, which was interrupted, has
// made the change and kept its response: the response is then given again. Where it is not there yet, it is a 409.
func Processed() error {
	return fault.Conflict("", "The request has been processed meanwhile").WithHeader("Retry-After", "1").Because(errProcessed)
}

// again looks for the response that an earlier run has kept.
func (s *Server) again(c *Call, ask KeyedRequest, cause error) (any, error) {
	got, err := s.Idempotency.Reserve(c.Context(), ask)
	switch {
	case err != nil:
		return nil, err
	case got.State == Replayable:
		return replay{got.Response}, nil
	case got.State == Reserved: // the response has got lost on its way; the key is free for a later attempt
		held := *c.reservation
		held.Operation = got.Operation
		return nil, errors.Join(cause, s.Idempotency.Release(c.Context(), &held, cause))
	}
	return nil, cause
}

// reserved runs the handler and then keeps its response or frees the key. A failure of either is in the records of the
// store; the response stands, since the change does.
func (s *Server) reserved(c *Call, next Handler) (any, error) {
	ctx := context.WithoutCancel(c.Context()) // a client that goes away must not leave the key taken
	cause := errAborted
	defer func() {
		if cause != nil && !c.reservation.settled {
			_ = s.Idempotency.Release(ctx, c.reservation, cause)
		}
	}()
	value, err := next(c)
	if err != nil {
		cause = err
		return nil, err
	}
	if again, ok := value.(replay); ok {
		cause = nil
		return again, nil
	}
	out, header, err := render(value)
	if err != nil {
		cause = err
		return nil, err
	}
	if out.Status >= status.MultipleChoices {
		cause = errors.New("web: not a 2xx")
		return value, nil
	}
	cause = nil
	if !c.reservation.settled {
		_ = s.Idempotency.Store(ctx, c.reservation, out)
	}
	return settled{out, header}, nil
}

// idempotencyKey is the key of a call that heeds one, or "".
func idempotencyKey(c *Call) (string, error) {
	if c.request.Method != message.POST || c.caller == nil {
		return "", nil
	}
	values := c.request.Header.Values("Idempotency-Key")
	if len(values) == 0 {
		return "", nil
	}
	key := values[0]
	valid := len(values) == 1 && len(key) >= 1 && len(key) <= 255
	for i := range len(key) {
		valid = valid && key[i] > 0x20 && key[i] < 0x7f
	}
	if !valid {
		return "", fault.BadRequest("Idempotency-Key", "An Idempotency-Key is 1 to 255 visible ASCII characters")
	}
	return key, nil
}

// fingerprint names a request by its method, path, query and body bytes.
func fingerprint(c *Call) string {
	h := sha256.New()
	part(h, []byte(c.request.Method))
	part(h, []byte(c.request.Path))
	part(h, []byte(c.request.Query))
	part(h, c.body)
	return hex.EncodeToString(h.Sum(nil))
}

// part hashes a text with its length, so that two lists of texts never look alike.
func part(h hash.Hash, text []byte) {
	n := len(text)
	_, _ = h.Write([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
	_, _ = h.Write(text)
}
