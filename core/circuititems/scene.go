package circuititems

import (
	"time"

	"tracedge/core/accounts"
	"tracedge/core/adaptertype"
	"tracedge/core/circuits"
	"tracedge/core/circuits/postactions"
	"tracedge/core/fault"
	"tracedge/core/storage"
)

// scene is what a circuit says to somebody who is about to move an item: from one read, or within a commit.
type scene struct {
	*circuits.Standing
	p       storage.Partition
	adapter adaptertype.Type // None for none
	sponsor bool
	held    *Held  // the item as the circuit holds it
	stamp   int64  // of the last commit that moved it
	pending string // the viewer's own Pending operation of the type
	lid     *pushed
}

// subject is what the scene is about.
type subject struct {
	dfid string
	lid  string // "" for none
	kind Type
}

// reads are the records and ranges of a scene.
func (x subject) reads(p storage.Partition, userID string) (keys, ranges []storage.Key) {
	keys, ranges = circuits.Reads(p, userID)
	keys = append(keys, circuits.AdapterKey(p), postactions.Key(p))
	if x.dfid != "" {
		keys = append(keys, circuits.ItemKey(p, x.dfid), itemGoneKey(p, x.dfid), pendingKey(p, x.dfid, userID, x.kind))
	}
	if x.lid != "" {
		keys = append(keys, lidKey(p, x.lid))
	}
	return keys, ranges
}

// look makes the scene of what was read.
func look[R circuits.Rows](rows R, p storage.Partition, who circuits.Viewer, x subject, now time.Time) (*scene, error) {
	st, err := circuits.Stand(rows, p, who, now)
	if err != nil {
		return nil, err
	}
	sc := &scene{Standing: st, p: p, adapter: adaptertype.None}
	a, err := circuits.GetAdapter(rows, p)
	if err != nil {
		return nil, err
	}
	if t, uploads := a.Uploads(); uploads {
		sc.adapter, sc.sponsor = t, a.Sponsor
	}
	if x.dfid != "" {
		var h Held
		if ok, err := rows.Get(circuits.ItemKey(p, x.dfid), &h); err != nil {
			return nil, err
		} else if ok {
			sc.held, sc.stamp = &h, h.Stamp
		}
		var g gone
		if ok, err := rows.Get(itemGoneKey(p, x.dfid), &g); err != nil {
			return nil, err
		} else if ok && g.Stamp > sc.stamp {
			sc.stamp = g.Stamp
		}
		if _, err := rows.Get(pendingKey(p, x.dfid, who.UserID, x.kind), &sc.pending); err != nil {
			return nil, err
		}
	}
	if x.lid != "" {
		var l pushed
		if ok, err := rows.Get(lidKey(p, x.lid), &l); err != nil {
			return nil, err
		} else if ok {
			sc.lid = &l
		}
	}
	return sc, nil
}

// mayUse tells whether somebody may have items uploaded to the circuit's adapter.
func (sc *scene) mayUse(a *accounts.Loaded) bool {
	if sc.adapter == adaptertype.None || sc.sponsor {
		return true
	}
	for _, allowed := range a.AllowedAdapters() {
		if allowed == sc.adapter {
			return true
		}
	}
	return false
}

// refuseAdapter is the 403 of who may not.
func (sc *scene) refuseAdapter(a *accounts.Loaded) error {
	return fault.Forbidden("The tier "+string(a.Tier)+" does not offer the adapter "+string(sc.adapter)).
		With("code", "adapter_not_allowed").With("adapter_type", sc.adapter).
		With("available_adapters", append([]adaptertype.Type{}, a.AllowedAdapters()...)).With("tier", a.Tier)
}

// conflict and forbidden are refusals with the code of their rule.
func conflict(code, message string) *fault.Error {
	return fault.Conflict("", message).With("code", code)
}

func forbidden(code, message string) *fault.Error { return fault.Forbidden(message).With("code", code) }

func noItem() *fault.Error { return fault.NotFound("Item not found") }

func noOperation() *fault.Error { return fault.NotFound("Operation not found") }

func notActive(dfid string, status any) error {
	return conflict("item_not_active", "The item is not active").With("dfid", dfid).With("status", status)
}
