package services

import "errors"

// Bounds turns o into one range of keys: lo <= key < hi, where hi == "" means
// that there is no upper bound. The range may be empty (hi != "" && hi <= lo).
// It is an error to give Start and StartAfter together, or a negative Limit.
func (o ListOptions) Bounds() (lo, hi string, err error) {
	if o.Start != "" && o.StartAfter != "" {
		return "", "", errors.New("list: start and startAfter cannot be used together")
	}
	if o.Limit < 0 {
		return "", "", errors.New("list: limit is negative")
	}
	lo = max(o.Prefix, o.Start)
	if o.StartAfter != "" {
		// The smallest key greater than StartAfter.
		lo = max(lo, o.StartAfter+"\x00")
	}
	hi = PrefixEnd(o.Prefix)
	if o.End != "" && (hi == "" || o.End < hi) {
		hi = o.End
	}
	return lo, hi, nil
}

// PrefixEnd returns the smallest string greater than every string that begins
// with prefix, or "" when there is none (prefix is empty or all 0xFF bytes).
func PrefixEnd(prefix string) string {
	end := []byte(prefix)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i] < 0xFF {
			end[i]++
			return string(end[:i+1])
		}
	}
	return ""
}
