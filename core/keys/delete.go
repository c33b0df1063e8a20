package keys

import (
	"time"

	"tracedge/core/accounts"
	"tracedge/core/status"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// remove deletes a key with its usage: one commit in apikey/<hash>, which also holds the row that takes the key off its
// owner's list, with the audit event, before the answer. What it leaves is that the key was deleted, so that requests on
// their way count nothing any more, and the moments of the past hour, which go away by themselves.
//
// A crash before the commit leaves everything. After it the key is gone, also from every answer, since the list is only
// where to look for keys; the row is delivered by the sweep.
func (s *Service) remove(c *web.Call) (any, error) {
	f, err := s.own(c)
	if err != nil {
		return nil, err
	}
	now, p, e := c.Now(), Partition(f.Hash), event(c, "api_key_delete", f.ID)
	err = s.store.Update(c.Context(), "keys_delete_key", p, func(tx *storage.Tx) error {
		var k Key
		if ok, err := tx.Get(keyKey(p), &k); err != nil {
			return err
		} else if !ok {
			return noKey()
		}
		w := window{p}
		for _, gone := range []storage.Key{keyKey(p), usedKey(p), w.total(), w.hint(), storage.ClaimKey(p, keyClaim)} {
			tx.Delete(gone)
		}
		for _, day := range daysOf(k, now) {
			for _, part := range []string{requestsPart, errorsPart, microsPart} {
				tx.Delete(usageKey(p, day, part))
			}
		}
		tx.Put(stoppedKey(p), stopped{deleted, now}, storage.Expires(now.Add(deletionMemory)))
		return tx.Send("keys_note_change", accounts.Partition(k.UserID), note{
			KeyID: k.ID, Entry: entryEnd(k), Deleted: true, Event: e,
		}, storage.Now())
	}, storage.Reading(keyKey(p)))
	if err != nil {
		return nil, err
	}
	return web.Reply{Status: status.NoContent}, nil
}

// daysOf are the days of a key's life whose usage may still be kept. One more on each side is for clocks that differ.
func daysOf(k Key, now time.Time) []string {
	const day = 24 * time.Hour
	from := now.Add(-(usageMemory + 1) * day)
	if born := k.CreatedAt.Add(-day); born.After(from) {
		from = born
	}
	var days []string
	for t := from; !t.After(now.Add(day)); t = t.Add(day) {
		days = append(days, dayOf(t))
	}
	return days
}
