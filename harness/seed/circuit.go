package seed

import (
	"context"
	"net/url"
)

// circuitName tells the seed's circuit from others.
const circuitName = "Seed cooperative"

// makeCircuit has one account own a circuit, makes the others members, pushes the cattle of the first account into it, and
// publishes them. A circuit of that name that is there already stays as it is.
func makeCircuit(ctx context.Context, w *World) error {
	owner, farm := w.Accounts[len(w.Accounts)-1], w.Accounts[0]
	if owner.Token == "" || farm.Token == "" {
		return nil
	}
	var own []struct {
		ID   string `json:"circuit_id"`
		Name string `json:"name"`
	}
	if err := w.Do(ctx, "GET", "/api/circuits?include_public=false&limit=200", owner.Token, nil, &own); err != nil {
		return err
	}
	for _, c := range own {
		if c.Name == circuitName {
			w.Circuit = c.ID
			return nil
		}
	}
	var made struct {
		ID string `json:"circuit_id"`
	}
	err := w.Do(ctx, "POST", "/api/circuits", owner.Token, map[string]any{
		"name": circuitName, "description": "Cattle to play with", "default_namespace": "bovino",
	}, &made)
	if err != nil {
		return err
	}
	w.Circuit = made.ID
	for _, a := range w.Accounts {
		if a == owner || a.Token == "" {
			continue
		}
		err := w.Do(ctx, "POST", "/api/circuits/"+made.ID+"/members", owner.Token, map[string]string{"member_id": a.Username, "role": "member"}, nil)
		if err != nil {
			return err
		}
	}
	pushed, err := pushHerd(ctx, w, farm)
	if err != nil {
		return err
	}
	return w.Do(ctx, "PUT", "/api/circuits/"+made.ID+"/public-settings", owner.Token, map[string]any{
		"access_mode": "public", "public_name": circuitName, "published_items": pushed,
	}, nil)
}

// pushHerd pushes the items of an account, and returns their DFIDs.
func pushHerd(ctx context.Context, w *World, a *Account) (pushed []string, err error) {
	for _, h := range herd(0) {
		if h.local {
			continue
		}
		var found []struct {
			DFID string `json:"dfid"`
		}
		if err := w.Do(ctx, "GET", "/api/items/identifier/"+h.key+"/"+url.PathEscape(h.value), a.Token, nil, &found); err != nil {
			return nil, err
		}
		for _, item := range found {
			if err := w.Do(ctx, "POST", "/api/circuits/"+w.Circuit+"/push/"+item.DFID, a.Token, nil, nil); err != nil {
				return nil, err
			}
			pushed = append(pushed, item.DFID)
		}
	}
	return pushed, nil
}
