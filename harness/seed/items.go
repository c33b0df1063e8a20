package seed

import (
	"context"
	"fmt"
	"net/url"
)

// head is one animal: an item with a DFID, or a local one until somebody gives it one.
type head struct {
	key, value string
	local      bool
	data       map[string]any
}

// herd is what an account has. SISBOV numbers differ between accounts, lots need not.
func herd(account int) []head {
	animal := func(n int, breed string, weight float64) head {
		return head{"sisbov", fmt.Sprintf("BR%012d", 105500000000+account*100+n), false, map[string]any{"breed": breed, "weight_kg": weight}}
	}
	lot := func(n int, heads int) head {
		return head{"lote", fmt.Sprintf("seed-%d", n), true, map[string]any{"heads": heads, "pasture": "north"}}
	}
	return []head{animal(1, "Nelore", 412.5), animal(2, "Nelore", 388), animal(3, "Gir", 401.25), lot(1, 40), lot(2, 35)}
}

// makeItems gives each account items and local items. Those that it has are found by their identifiers.
func makeItems(ctx context.Context, w *World) error {
	for n, a := range w.Accounts {
		if a.Token == "" {
			continue
		}
		for _, h := range herd(n) {
			var found []struct{}
			if err := w.Do(ctx, "GET", "/api/items/identifier/"+h.key+"/"+url.PathEscape(h.value), a.Token, nil, &found); err != nil {
				return err
			}
			if len(found) == 0 {
				if err := w.Do(ctx, "POST", h.path(), a.Token, h.body(), nil); err != nil {
					return err
				}
			}
			a.Items++
		}
	}
	return nil
}

func (h head) path() string {
	if h.local {
		return "/api/items/local"
	}
	return "/api/items"
}

func (h head) body() map[string]any {
	identifier := map[string]any{"namespace": "bovino", "key": h.key, "value": h.value, "id_type": "Canonical"}
	if h.key == "lote" {
		identifier["id_type"] = "Contextual"
	}
	body := map[string]any{"identifiers": []any{identifier}, "enriched_data": h.data}
	if !h.local {
		body["source_entry"] = "3f6c0d5e-7a52-4c55-9c6b-1d2a3b4c5d6e" // the seed's own
	}
	return body
}
