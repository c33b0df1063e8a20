package circuits

import (
	"time"

	"tracedge/core/circuits/roles"
	"tracedge/core/storage"
)

// What moves items into circuits and out of them is package circuititems. Here is what it needs of a circuit's own rows.

// Reads are the records and the ranges that Stand looks at, for who reads them along with others of the circuit.
func Reads(p storage.Partition, userID string) (keys, ranges []storage.Key) {
	return standingKeys(p, userID), []storage.Key{customs(p)}
}

// PublishedKey is the row of an item on the public page.
func PublishedKey(p storage.Partition, dfid string) storage.Key { return publishedKey(p, dfid) }

// Shows tells whether the circuit shows an item to everybody; rows must have its published row.
func Shows[R Rows](s *Standing, rows R, p storage.Partition, dfid string) (bool, error) {
	if !s.Open() {
		return false, nil
	}
	return rows.Get(publishedKey(p, dfid), new(Published))
}

// AutoPublishes tells whether items are published as they come.
func (s *Standing) AutoPublishes() bool { return s.Settings != nil && s.Settings.AutoPublish }

// Publish publishes an item that the commit of tx brings into the circuit, unless it is published or as many as may be
// are. It reports whether it is published now and was not before.
func Publish(tx *storage.Tx, circuitID, dfid, by string, at time.Time) (bool, error) {
	p := tx.Partition()
	stamp, err := stampOf(tx)
	if err != nil {
		return false, err
	}
	if had, err := tx.Exists(publishedKey(p, dfid)); had || err != nil {
		return false, err
	}
	var n int64
	if _, err := tx.Get(tallyKey(p, tallyPublished), &n); err != nil || n >= maxPublished {
		return false, err
	}
	tx.Put(publishedKey(p, dfid), Published{DFID: dfid, At: at, By: by})
	tx.Add(tallyKey(p, tallyPublished), 1, storage.Bounds{}, nil)
	Touch(tx, at)
	return true, tx.SendOut("circuits_put_publication", publications{circuitID, []string{dfid}, stamp})
}

// Unpublish takes the published row of an item away that the commit of tx takes out of the circuit.
func Unpublish(tx *storage.Tx, circuitID, dfid string, at time.Time) error {
	p := tx.Partition()
	if had, err := tx.Exists(publishedKey(p, dfid)); !had || err != nil {
		return err
	}
	stamp, err := stampOf(tx)
	if err != nil {
		return err
	}
	tx.Delete(publishedKey(p, dfid))
	tx.Add(tallyKey(p, tallyPublished), -1, storage.Bounds{}, nil)
	Touch(tx, at)
	return tx.SendOut("circuits_drop_publication", publications{circuitID, []string{dfid}, stamp})
}

// stampOf is draft.stamp where nothing is observed: a read, which has such commits follow each other.
func stampOf(tx *storage.Tx) (int64, error) {
	p := tx.Partition()
	page, err := tx.Scan(tallies(p), storage.Page{Limit: 100})
	if err != nil {
		return 0, err
	}
	for _, r := range page.Records {
		if r.Key == tallyKey(p, tallyChanged) {
			return r.Version, nil
		}
	}
	return 0, nil
}

// Managers are the owner and then the members who may manage members, without one user, at most as many as are told of a
// change.
func Managers(tx *storage.Tx, h *Head, without string) ([]string, error) {
	p := tx.Partition()
	rows, err := tx.Scan(members(p), storage.Page{Limit: maxMembers})
	if err != nil {
		return nil, err
	}
	customs, err := tx.Scan(customs(p), storage.Page{Limit: maxMembers})
	if err != nil {
		return nil, err
	}
	custom := make(map[string]roles.Set)
	for _, r := range customs.Records {
		var role Role
		if err := tx.Decode(r, &role); err != nil {
			return nil, err
		}
		custom[role.Name] = role.Permissions
	}
	var out []string
	if h.OwnerID != without {
		out = append(out, h.OwnerID)
	}
	for _, r := range rows.Records {
		var m Member
		if err := tx.Decode(r, &m); err != nil {
			return nil, err
		}
		may := m.Role.Permissions()
		if m.Custom != "" {
			may = custom[m.Custom]
		}
		if m.ID != h.OwnerID && m.ID != without && may.Has(roles.ManageMembers) && len(out) < mostTold {
			out = append(out, m.ID)
		}
	}
	return out, nil
}

// HasPermission tells whether a user has a permission in the circuit of tx now, and reads what says so.
func HasPermission(tx *storage.Tx, h *Head, userID string, need roles.Permission) (bool, error) {
	_, _, may, err := memberOf(tx, tx.Partition(), h, userID)
	return may.Has(need), err
}
