package circuititems

import (
	"context"

	"tracedge/core/abreast"
	"tracedge/core/circuits"
	"tracedge/core/circuits/roles"
	"tracedge/core/items"
	"tracedge/core/storage"
)

// Access is what circuits give to package items.
type Access struct{ Store *storage.Store }

// Standing is items.Circuits: one call for each circuit.
func (a Access) Standing(ctx context.Context, dfid, userID string, circuitIDs []string) ([]items.Standing, error) {
	out := make([]items.Standing, len(circuitIDs))
	err := abreast.Each(len(circuitIDs), func(n int) (err error) {
		out[n], err = a.standing(ctx, dfid, userID, circuitIDs[n])
		return err
	})
	return out, err
}

func (a Access) standing(ctx context.Context, dfid, userID, circuitID string) (items.Standing, error) {
	p, now := circuits.Partition(circuitID), a.Store.Now()
	keys, ranges := circuits.Reads(p, userID)
	v, err := a.Store.View(ctx, "circuits_check_item", p, append(keys, circuits.PublishedKey(p, dfid)), ranges...)
	if err != nil {
		return items.Standing{}, err
	}
	st, err := circuits.Stand(v, p, circuits.Viewer{UserID: userID}, now)
	if err != nil {
		return items.Standing{}, err
	}
	shown, err := circuits.Shows(st, v, p, dfid)
	if err != nil {
		return items.Standing{}, err
	}
	inside := st.Inside()
	return items.Standing{Member: inside, Push: inside && st.Working() == nil && st.Permissions.Has(roles.Push), Publishes: shown}, nil
}
