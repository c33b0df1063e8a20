package listing

import (
	"encoding/hex"
	"slices"

	"tracedge/core/digest"
	"tracedge/core/identifier"
	"tracedge/core/storage"
)

// Local items claim no identifiers, so several of them may be the same thing. Which ones is kept up with every change of
// a list, so that groups are found by page and summed without looking through the items:
//
//	twin/<name>       how many Active local items have the identifier
//	twins/<order>     a group: there are two or more; in the order in which groups are listed
//	twinof/<id>       in how many groups a local item is, absent for none
//	owned/local       Active local items
//	owned/twins       those in a group
//	owned/groups      groups
//
// The members of a group stand in the index of its name.

// Twin is a canonical identifier of a local item.
type Twin struct {
	Name      string `json:"name"`  // of the index, and of the count
	Order     string `json:"order"` // sorts as namespace:key, then value
	Namespace string `json:"namespace"`
	Key       string `json:"key"`
	Value     string `json:"value"`
}

// orderBytes is how much of an identifier its place in the order of groups is made of. Identifiers that agree in so many
// bytes stand in any order; a key has no room for more.
const orderBytes = 190

// TwinsOf are the canonical identifiers of a list. Made before an update, since it hashes.
func TwinsOf(list []identifier.Identifier) []Twin {
	var out []Twin
	for _, i := range list {
		if i.Class != identifier.Canonical {
			continue
		}
		text := i.Namespace + ":" + i.Key + "\x00" + i.Value
		hash := digest.OfText(i.Namespace + "\x00" + i.Key + "\x00" + i.Value)[:32]
		out = append(out, Twin{
			Name: "c" + hash, Order: hex.EncodeToString([]byte(text[:min(orderBytes, len(text))])) + "-" + hash,
			Namespace: i.Namespace, Key: i.Key, Value: i.Value,
		})
	}
	return out
}

// count is the record twin/<name>. While one item is left its id is Others: the exclusive or of the ids of all.
type count struct {
	N      int    `json:"n"`
	Others string `json:"ids"` // hex
}

// toggle adds an id, or takes it away again.
func (c *count) toggle(id string) {
	all, _ := hex.DecodeString(c.Others)
	for len(all) < len(id) {
		all = append(all, 0)
	}
	for n := range len(id) {
		all[n] ^= id[n]
	}
	c.Others = hex.EncodeToString(all)
}

// lone is the id of the only item.
func (c *count) lone() string {
	id, _ := hex.DecodeString(c.Others)
	return string(id)
}

func twinKey(p storage.Partition, name string) storage.Key     { return p.Key("twin", name) }
func twinsPrefix(p storage.Partition) storage.Key              { return p.Prefix("twins") }
func twinsKey(p storage.Partition, order string) storage.Key   { return p.Key("twins", order) }
func twinOfKey(p storage.Partition, id string) storage.Key     { return p.Key("twinof", id) }
func localSumKey(p storage.Partition, what string) storage.Key { return p.Key("owned", what) }

// twins are those of a row that counts.
func (r Row) twins() []Twin {
	if !r.countsAsLocal() {
		return nil
	}
	return r.Twins
}

func (r Row) countsAsLocal() bool { return r.Local && !r.Gone && r.Status == Active }

// twinReads are the records that moveTwins reads for what a row has; those of what it has no more are read when it is
// known.
func (r Row) twinReads(p storage.Partition) []storage.Key {
	var out []storage.Key
	for _, t := range r.twins() {
		out = append(out, twinKey(p, t.Name))
	}
	if len(out) > 0 {
		out = append(out, twinOfKey(p, r.ID))
	}
	return out
}

// moveTwins brings the groups from what the old row said to what the new one says.
func moveTwins(tx *storage.Tx, old, r Row, sums map[storage.Key]int64) error {
	m := twinMove{tx: tx, p: tx.Partition(), id: r.ID, sums: sums}
	if old.countsAsLocal() {
		sums[localSumKey(m.p, "local")]--
	}
	if r.countsAsLocal() {
		sums[localSumKey(m.p, "local")]++
	}
	before, after := old.twins(), r.twins()
	same := func(in []Twin) func(Twin) bool {
		return func(t Twin) bool {
			return slices.ContainsFunc(in, func(u Twin) bool { return t.Name == u.Name })
		}
	}
	leaves := slices.DeleteFunc(slices.Clone(before), same(after))
	joins := slices.DeleteFunc(slices.Clone(after), same(before))
	if len(leaves)+len(joins) == 0 {
		return nil
	}
	if err := m.fetch(slices.Concat(leaves, joins)); err != nil {
		return err
	}
	for _, t := range leaves {
		if err := m.leave(t); err != nil {
			return err
		}
	}
	for _, t := range joins {
		if err := m.join(t); err != nil {
			return err
		}
	}
	return nil
}

type twinMove struct {
	tx   *storage.Tx
	p    storage.Partition
	id   string
	sums map[storage.Key]int64
}

// fetch reads the counts, and then what else may be needed: in how many groups the item is, and those others that would
// be left alone or are found alone.
func (m twinMove) fetch(twins []Twin) error {
	keys := []storage.Key{twinOfKey(m.p, m.id)}
	for _, t := range twins {
		keys = append(keys, twinKey(m.p, t.Name))
	}
	if err := m.tx.Fetch(keys...); err != nil {
		return err
	}
	keys = keys[:0]
	for _, t := range twins {
		var c count
		if _, err := m.tx.Get(twinKey(m.p, t.Name), &c); err != nil {
			return err
		}
		switch c.N {
		case 1:
			keys = append(keys, twinOfKey(m.p, c.lone()))
		case 2:
			c.toggle(m.id)
			keys = append(keys, twinOfKey(m.p, c.lone()))
		}
	}
	return m.tx.Fetch(keys...)
}

// join adds the item to those that have an identifier. The second makes a group of the first and itself.
func (m twinMove) join(t Twin) error {
	var c count
	if _, err := m.tx.Get(twinKey(m.p, t.Name), &c); err != nil {
		return err
	}
	if c.N == 1 {
		m.tx.Put(twinsKey(m.p, t.Order), t)
		m.sums[localSumKey(m.p, "groups")]++
		if err := m.count(c.lone(), 1); err != nil {
			return err
		}
	}
	if c.N >= 1 {
		if err := m.count(m.id, 1); err != nil {
			return err
		}
	}
	c.N++
	c.toggle(m.id)
	return m.tx.Put(twinKey(m.p, t.Name), c)
}

// leave takes the item away from them. Where one is left there is no group any more.
func (m twinMove) leave(t Twin) error {
	var c count
	if _, err := m.tx.Get(twinKey(m.p, t.Name), &c); err != nil {
		return err
	}
	if c.N >= 2 {
		if err := m.count(m.id, -1); err != nil {
			return err
		}
	}
	c.N--
	c.toggle(m.id)
	if c.N == 1 {
		m.tx.Delete(twinsKey(m.p, t.Order))
		m.sums[localSumKey(m.p, "groups")]--
		if err := m.count(c.lone(), -1); err != nil {
			return err
		}
	}
	if c.N <= 0 {
		return m.tx.Delete(twinKey(m.p, t.Name))
	}
	return m.tx.Put(twinKey(m.p, t.Name), c)
}

// count changes in how many groups an item is.
func (m twinMove) count(id string, by int) error {
	k := twinOfKey(m.p, id)
	var n int
	if _, err := m.tx.Get(k, &n); err != nil {
		return err
	}
	switch was := n > 0; {
	case !was && n+by > 0:
		m.sums[localSumKey(m.p, "twins")]++
	case was && n+by <= 0:
		m.sums[localSumKey(m.p, "twins")]--
		return m.tx.Delete(k)
	}
	return m.tx.Put(k, n+by)
}
