package keys

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"tracedge/core/storage"
)

// standing is a window as it stands at a moment.
type standing struct {
	total   int64
	expired int64
	free    time.Time // when it is full: when the next request can be admitted
}

// errWindow is a window whose records do not fit together.
var errWindow = errors.New("keys: unusable window")

// tally is a number of admissions at a position: a bucket, or a millisecond.
type tally struct{ at, n int64 }

// stand counts a window. What stands in it moves on meanwhile, but never what has expired, which is what the count is for.
func (s *Service) stand(ctx context.Context, w window, limit int64, now time.Time) (standing, error) {
	edge := now.Add(-windowLength).UnixMilli() // a request of this millisecond has left the window
	page, err := s.store.Scan(ctx, "limits_read_window", w.partition, w.windows(), storage.Page{Limit: 1000})
	if err != nil {
		return standing{}, err
	}
	if page.Next != "" {
		return standing{}, errWindow
	}
	var st standing
	var inside []tally // buckets that lie in the window whole
	var first []tally  // moments of the bucket in which it begins
	var within int64
	for _, r := range page.Records {
		var n int64
		if err := r.Decode(&n); err != nil {
			return st, err
		}
		if r.Key == w.total() {
			st.total = n
			continue
		}
		bucket, err := suffix(r.Key)
		switch {
		case err != nil:
			return st, err
		case bucket > bucketOf(edge):
			inside = append(inside, tally{bucket, n})
			within += n
		case bucket == bucketOf(edge):
			if first, err = s.moments(ctx, w, bucket, w.moment(edge)); err != nil {
				return st, err
			}
		}
	}
	for _, m := range first {
		within += m.n
	}
	st.expired = st.total - within
	if over := within - limit; over >= 0 {
		at, err := s.nth(ctx, w, over, edge, first, inside)
		st.free = time.UnixMilli(at).UTC().Add(windowLength)
		return st, err
	}
	return st, nil
}

func (st standing) full(limit int64) bool { return st.total-st.expired >= limit }

// nth is the time of the n-th oldest admission in the window, from 0: when it leaves a full window, a request can come
// in. It is edge when that admission was taken back meanwhile.
func (s *Service) nth(ctx context.Context, w window, n, edge int64, first, inside []tally) (int64, error) {
	at, n := pick(first, n)
	if n < 0 {
		return at, nil
	}
	for _, b := range inside {
		if n >= b.n {
			n -= b.n
			continue
		}
		list, err := s.moments(ctx, w, b.at, "")
		if err != nil {
			return 0, err
		}
		if at, n = pick(list, n); n < 0 {
			return at, nil
		}
		break
	}
	return edge, nil
}

// pick is the position of the n-th admission of a list, with a negative rest; or what is left of n behind the list.
func pick(list []tally, n int64) (at, rest int64) {
	for _, t := range list {
		if n -= t.n; n < 0 {
			return t.at, n
		}
	}
	return 0, n
}

// moments lists the admissions of a bucket after a moment, "" for all of them, in order of time.
func (s *Service) moments(ctx context.Context, w window, bucket int64, after storage.Key) ([]tally, error) {
	var out []tally
	for {
		page, err := s.store.Scan(ctx, "limits_read_moments", w.partition, w.moments(bucket), storage.Page{After: after, Limit: 1000})
		if err != nil {
			return nil, err
		}
		for _, r := range page.Records {
			ms, err := suffix(r.Key)
			if err != nil {
				return nil, err
			}
			t := tally{at: ms}
			if err := r.Decode(&t.n); err != nil {
				return nil, err
			}
			out = append(out, t)
		}
		if after = page.Next; after == "" {
			return out, nil
		}
	}
}

// suffix is the number at the end of a key.
func suffix(k storage.Key) (int64, error) {
	text := string(k)
	n, err := strconv.ParseInt(text[strings.LastIndexByte(text, '/')+1:], 10, 64)
	if err != nil {
		return 0, errors.Join(errWindow, err)
	}
	return n, nil
}
