package keys

import (
	"strconv"
	"time"

	"tracedge/core/storage"
)

// window counts admissions in a partition, exactly and over a rolling hour, without writers in each other's way: every
// admission is three bounded additions, decided by the sequencer.
//
//	quota/window/total           admissions of all time
//	quota/window/<10 s>          those of ten seconds
//	quota/moment/<10 s>/<ms>     those of one millisecond
//	quota/hint                   what the latest count has found
//
// The number in the window is total minus the expired. Whoever knows how many have expired admits by adding to the total
// with the bound expired + limit. How many have expired only grows, so the latest count is good until that bound refuses;
// only then is counted again: the sum of at most 361 numbers and the moments of the ten seconds in which the window
// begins.
//
// Moments and tens go away by themselves when they have left the window. So a record is a number, however high a limit is.
type window struct{ partition storage.Partition }

const (
	windowLength = time.Hour
	bucketLength = 10 * time.Second
	// slack keeps numbers for longer than they count, for the clocks of two places to differ.
	slack = 10 * time.Minute
	// hintMemory: without a hint a request counts once.
	hintMemory = 24 * time.Hour
)

func (w window) total() storage.Key { return w.partition.Key("quota", "window", "total") }
func (w window) hint() storage.Key  { return w.partition.Key("quota", "hint") }

// windows lists the total and the numbers of tens, which are alive for 4200 s, so fewer than a page.
func (w window) windows() storage.Key { return w.partition.Prefix("quota", "window") }

func (w window) bucket(n int64) storage.Key {
	return w.partition.Key("quota", "window", strconv.FormatInt(n, 10))
}

func (w window) moments(bucket int64) storage.Key {
	return w.partition.Prefix("quota", "moment", strconv.FormatInt(bucket, 10))
}

// moment is the place of a millisecond. Times of this and the next two centuries have the same number of digits.
func (w window) moment(ms int64) storage.Key {
	return w.moments(bucketOf(ms)) + storage.Key(strconv.FormatInt(ms, 10))
}

func bucketOf(ms int64) int64 { return ms / bucketLength.Milliseconds() }

// hint is what a count has found.
type hint struct {
	Expired int64 `json:"expired"` // at least so many have left the window

	// The window was full for a limit, until then, when the total was this one.
	Until time.Time `json:"until,omitzero"`
	Limit int64     `json:"limit,omitempty"`
	Total int64     `json:"total,omitempty"`
}

// known is what one read tells of a window.
type known struct {
	total int64
	hint  hint
}

func (w window) known(s storage.Snapshot) (k known, err error) {
	if _, err = s.Get(w.total(), &k.total); err == nil {
		_, err = s.Get(w.hint(), &k.hint)
	}
	return k, err
}

// full tells whether the hint alone refuses a request. A total that has moved since, or another limit, makes it void.
func (k known) full(limit int64, now time.Time) bool {
	return k.hint.Total == k.total && k.hint.Limit == limit && now.Before(k.hint.Until)
}

// add counts an admission within an update, which fails with a *storage.BoundError when the total would pass most.
func (w window) add(tx *storage.Tx, at time.Time, most int64) error { return w.count(tx, at, 1, &most) }

// remove takes an admission back.
func (w window) remove(tx *storage.Tx, at time.Time) error { return w.count(tx, at, -1, nil) }

func (w window) count(tx *storage.Tx, at time.Time, n int64, most *int64) error {
	ms := at.UnixMilli()
	bucket := bucketOf(ms)
	end := time.UnixMilli(0).Add(time.Duration(bucket+1) * bucketLength)
	kept := storage.Expires(end.Add(windowLength + slack))
	if err := tx.Add(w.total(), n, storage.Bounds{Max: most}, nil); err != nil {
		return err
	}
	if err := tx.Add(w.bucket(bucket), n, storage.Bounds{}, nil, kept); err != nil {
		return err
	}
	return tx.Add(w.moment(ms), n, storage.Bounds{}, nil, kept)
}
