package breakdown

import (
	"fmt"
	"strings"
	"testing"
)

// A failed call is told of at once, and again by its request. It counts once, whichever comes first, and both count what
// the other does not know.
func TestFailedCallsCountOnce(t *testing.T) {
	failure := `{"event":"storage_error","level":"error","trace_id":"a","span_id":"b","op":"x","error_kind":"database_timeout","duration_ms":%d}`
	request := `{"event":"request","level":"error","trace_id":"a","span_id":"b","status_code":503,"ops":[{"op":"y"},{"op":"x","error_kind":"database_timeout"}]}`
	one, other := fmt.Sprintf(failure, 1), fmt.Sprintf(failure, 2)
	for name, c := range map[string]struct {
		in     []string
		failed int64
	}{
		"told at once":                  {[]string{one}, 1},
		"told by the request":           {[]string{request}, 1},
		"told at once, then by it":      {[]string{one, request}, 1},
		"told by it, then at once":      {[]string{request, one}, 1},
		"two, of which it lists one":    {[]string{one, other, request}, 2},
		"one before and one behind it":  {[]string{one, request, other}, 2},
		"one of another request":        {[]string{one, strings.ReplaceAll(request, `"b"`, `"c"`)}, 2},
		"nothing to match them by":      {[]string{strings.ReplaceAll(strings.ReplaceAll(one, `"a"`, `""`), `"b"`, `""`), request}, 2},
		"one that is another operation": {[]string{strings.ReplaceAll(one, `"x"`, `"z"`), request}, 2},
	} {
		r := reportOf(t, strings.Join(c.in, "\n"))
		var failed int64
		for _, o := range r.Storage {
			failed += o.Errors
		}
		if failed != c.failed {
			t.Errorf("%s: %s", name, indented(r.Storage))
		}
	}
}

func TestOperations(t *testing.T) {
	r := reportOf(t, `{"event":"request","level":"info","ops":[{"op":"a","duration_ms":4,"attempts":3},{"op":"a","duration_ms":2,"attempts":1},{"op":"b","duration_ms":9,"attempts":1}]}
{"event":"storage_error","level":"error","trace_id":"t","op":"c","duration_ms":7}`)
	got := fmt.Sprintln(r.Storage[0].Label, r.Storage[0].Errors, r.Storage[0].Calls, r.Storage[0].Rate, r.Storage[0].Kinds)
	if got != "c 1 1 1 [{unexplained 1}]\n" {
		t.Error(got)
	}
	if b, a := r.Storage[1], r.Storage[2]; b.Label != "b" || a.Label != "a" || a.Calls != 2 || a.Retried != 1 || a.Took.Max != 4 || b.Retried != 0 {
		t.Errorf("%s", indented(r.Storage))
	}
}
