package isolate

import (
	"maps"
	"slices"
	"strings"

	"tracedge/harness/services"
)

// layer is a set of changes to the storage of an object that is not on disk yet.
type layer struct {
	all     bool               // everything below is deleted
	entries map[string]*string // values as JSON; nil where deleted
	alarm   *int64             // unix ms, 0 for none; nil when unchanged
}

func (l *layer) empty() bool { return !l.all && len(l.entries) == 0 && l.alarm == nil }

func (l *layer) put(key string, value *string) {
	if l.entries == nil {
		l.entries = map[string]*string{}
	}
	l.entries[key] = value
}

func (l *layer) deleteAll() {
	none := int64(0)
	*l = layer{all: true, alarm: &none}
}

// onto applies l to what lies below it.
func (l *layer) onto(below *layer) {
	if l.all {
		below.all, below.entries = true, nil
	}
	for key, value := range l.entries {
		below.put(key, value)
	}
	if l.alarm != nil {
		below.alarm = l.alarm
	}
}

// batch is the layer as storage takes it.
func (l *layer) batch() services.Batch {
	b := services.Batch{DeleteAll: l.all, Alarm: l.alarm}
	for _, key := range slices.Sorted(maps.Keys(l.entries)) {
		if value := l.entries[key]; value != nil {
			b.Puts = append(b.Puts, services.Pair{Key: key, Value: []byte(*value)})
		} else if !l.all {
			b.Deletes = append(b.Deletes, key)
		}
	}
	return b
}

// overlay is the storage of an object as its code sees it: what is on disk,
// under what is being written there, under the changes of the current event,
// under those of open transactions.
type overlay struct {
	disk         services.Object
	writing      *layer // nil when nothing is being written
	current      *layer
	transactions []*layer
}

func newOverlay(disk services.Object) *overlay { return &overlay{disk: disk, current: &layer{}} }

// top is the layer that changes go to.
func (o *overlay) top() *layer {
	if n := len(o.transactions); n > 0 {
		return o.transactions[n-1]
	}
	return o.current
}

// layers lists the layers from the lowest up.
func (o *overlay) layers() []*layer {
	var list []*layer
	if o.writing != nil {
		list = append(list, o.writing)
	}
	return append(append(list, o.current), o.transactions...)
}

func (o *overlay) get(key string) (string, bool, error) {
	layers := o.layers()
	for _, l := range slices.Backward(layers) {
		if value, ok := l.entries[key]; ok {
			if value == nil {
				return "", false, nil
			}
			return *value, true, nil
		}
		if l.all {
			return "", false, nil
		}
	}
	value, ok, err := o.disk.Get(key)
	return string(value), ok, err
}

func (o *overlay) put(key, value string) { o.top().put(key, &value) }

// delete reports whether there was something to delete.
func (o *overlay) delete(key string) (bool, error) {
	_, ok, err := o.get(key)
	if ok {
		o.top().put(key, nil)
	}
	return ok, err
}

func (o *overlay) deleteAll() { o.top().deleteAll() }

// alarm is the alarm that the layers set, and whether they did.
func (o *overlay) alarm() (int64, bool) {
	for _, l := range slices.Backward(o.layers()) {
		if l.alarm != nil {
			return *l.alarm, true
		}
	}
	return 0, false
}

func (o *overlay) begin() { o.transactions = append(o.transactions, &layer{}) }

// end closes the innermost transaction: its changes become those of what is
// around it, or are dropped.
func (o *overlay) end(commit bool) {
	n := len(o.transactions) - 1
	inner := o.transactions[n]
	o.transactions = o.transactions[:n]
	if commit {
		inner.onto(o.top())
	}
}

// list merges what is on disk with the layers.
func (o *overlay) list(opts services.ListOptions) ([]services.Pair, error) {
	merged := &layer{}
	for _, l := range o.layers() {
		l.onto(merged)
	}
	var pairs []services.Pair
	if !merged.all {
		below := opts
		if below.Limit > 0 { // each change can hide at most one pair
			below.Limit += len(merged.entries)
		}
		var err error
		if pairs, err = o.disk.List(below); err != nil {
			return nil, err
		}
	}
	if len(merged.entries) == 0 {
		return pairs, nil
	}
	pairs = slices.DeleteFunc(slices.Clone(pairs), func(p services.Pair) bool {
		_, changed := merged.entries[p.Key]
		return changed
	})
	for key, value := range merged.entries {
		if value != nil && selects(opts, key) {
			pairs = append(pairs, services.Pair{Key: key, Value: []byte(*value)})
		}
	}
	slices.SortFunc(pairs, func(a, b services.Pair) int {
		if opts.Reverse {
			a, b = b, a
		}
		return strings.Compare(a.Key, b.Key)
	})
	if opts.Limit > 0 && len(pairs) > opts.Limit {
		pairs = pairs[:opts.Limit]
	}
	return pairs, nil
}

// selects reports whether a key lies within the bounds of a listing.
func selects(o services.ListOptions, key string) bool {
	return strings.HasPrefix(key, o.Prefix) && key >= o.Start &&
		(o.StartAfter == "" || key > o.StartAfter) && (o.End == "" || key < o.End)
}
