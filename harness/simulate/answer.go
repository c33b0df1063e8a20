package simulate

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"tracedge/harness/isolate"
)

// ErrorKinds are the kinds of failures that a client can be told of. A sweep
// must meet each.
var ErrorKinds = []string{
	"auth_error", "conflict", "database_error", "database_timeout", "external_error", "external_timeout", "insufficient_credits",
	"internal_error", "not_found", "other", "overloaded", "rate_limit_exceeded", "storage_lock_timeout", "validation_error",
}

// statuses are the kinds that each status can have.
var statuses = map[int][]string{
	400: {"validation_error"}, 413: {"validation_error"}, 415: {"validation_error"}, 422: {"validation_error"},
	401: {"auth_error"}, 403: {"auth_error"}, 402: {"insufficient_credits"}, 404: {"not_found"}, 409: {"conflict"},
	429: {"rate_limit_exceeded"}, 405: {"other"}, 501: {"other"}, 499: {"other"},
	500: {"database_error", "internal_error"}, 502: {"external_timeout", "external_error"},
	503: {"storage_lock_timeout", "database_timeout", "overloaded", "external_error", "other"},
}

// noAnswer judges a request that ended without a response: only an isolate that
// was thrown away may do that.
func (c *Client) noAnswer(r Request, err error) {
	if !errors.Is(err, isolate.ErrRestarted) && !errors.Is(err, isolate.ErrClosed) {
		c.violate("every request is answered", "%s %s: %v", r.Method, r.Path, err)
	}
}

func (c *Client) checkTrace(r Request, a Answer) {
	id := a.Header.Get("X-Trace-Id")
	if len(id) != 32 || strings.Trim(id, "0123456789abcdef") != "" {
		c.violate("every answer has a trace id", "%s %s answered %d with X-Trace-Id %q", r.Method, r.Path, a.Status, id)
	}
}

func (c *Client) checkFailure(r Request, a Answer) {
	c.result.ErrorKinds[a.Kind]++
	switch {
	case a.String("trace_id") != a.Header.Get("X-Trace-Id"), a.String("error") == "":
		c.violate("every failure explains itself", "%s %s answered %d %s", r.Method, r.Path, a.Status, a.Text)
	case !slices.Contains(statuses[a.Status], a.Kind):
		c.violate("every failure has its kind", "%s %s answered %d with kind %q", r.Method, r.Path, a.Status, a.Kind)
	case a.Status == http.StatusServiceUnavailable && a.Header.Get("Retry-After") == "":
		c.violate("every 503 says when to come back", "%s %s answered %s", r.Method, r.Path, a.Text)
	}
}
