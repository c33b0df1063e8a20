package load

import (
	"context"
	"errors"
	"net"
	"net/url"
	"os"
)

// Kinds of failures that the service itself does not name.
const (
	KindTimeout      = "client_timeout"       // no complete answer in time
	KindNoConnection = "client_no_connection" // refused, or the host has no address
	KindLost         = "client_lost"          // the connection broke before the answer was complete
	KindCanceled     = "client_canceled"      // the client was told to stop
	KindUnexplained  = "client_unexplained"   // status 400 or above without error_kind
	KindUnexpected   = "client_unexpected"    // a success that is not what was asked for
	KindSkipped      = "client_skipped"       // not sent, as what it needs has failed
)

// noAnswer is the answer that stands for none. The text of the error has no URL and nothing of the request.
func noAnswer(err error, traceID string) Answer {
	a := Answer{Kind: KindLost, TraceID: traceID}
	if u := (*url.Error)(nil); errors.As(err, &u) {
		err = u.Err
	}
	a.Message = err.Error()
	var dial *net.OpError
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		a.Kind, a.Message = KindTimeout, ""
	case errors.Is(err, context.Canceled):
		a.Kind, a.Message = KindCanceled, ""
	case errors.As(err, &dial) && dial.Op == "dial":
		a.Kind = KindNoConnection
	}
	return a
}
