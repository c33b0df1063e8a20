package app_test

import (
	"fmt"
	"slices"
	"testing"

	"tracedge/core/adaptertype"
)

// A migration that is cut off anywhere is paid once, uploaded once and recorded once when it is asked for again.
func TestMigrationCrashes(t *testing.T) {
	for _, mode := range []string{"display", "enforce"} {
		t.Run(mode, func(t *testing.T) {
			var p *placed
			(&farm{vars: placedVars(mode)}).crashes(t, func(t *testing.T, f *farm) { p = placedAt(t, f) }, func(t *testing.T, f *farm, s *service) int {
				code, _ := p.migrate(t, s, "Idempotency-Key", "one")
				return code
			}, 200, func(t *testing.T, f *farm, code int) {
				s := f.instance(t)
				again, v := p.migrate(t, s, "Idempotency-Key", "one")
				if again != 200 {
					t.Fatalf("answered %d, and again %d %v", code, again, v)
				}
				f.atRest(t, s)
				h := p.shown(t, s)
				if len(h.Records) != 1 || len(h.Pending) != 0 || h.Primary == nil {
					t.Fatalf("%+v", h)
				}
				if n := p.audited(t, "storage_migrate"); n != 1 {
					t.Errorf("%d events", n)
				}
				if n := len(p.node.Pinned()); n != 1 {
					t.Errorf("%d copies", n)
				}
				if v := p.statistics(t, s, p.token); v["total_items_tracked"] != 1.0 || v["total_storage_locations"] != 1.0 {
					t.Error(v)
				}
				want, paid := 100.0, 0
				if mode == "enforce" {
					want, paid = 88, 1
				}
				if got := p.balance(t, s); got != want {
					t.Errorf("%v credits, want %v", got, want)
				}
				if n := len(p.transactions(t, "Consumption")) - len(p.transactions(t, "Refund")); n != paid {
					t.Errorf("paid %d times", n)
				}
				if id := text(v, "outbox_id"); paid == 1 && !slices.Contains(p.transactions(t, "Consumption"), "-10 "+id) {
					t.Errorf("%s is not paid", id)
				}
			})
		})
	}
}

func TestPrimaryCrashes(t *testing.T) {
	var p *placed
	ask := func(t *testing.T, s *service) int {
		code, _ := p.ask(t, s, "POST", p.at("/primary"), `{"storage_location":{"Arweave":{"transaction_id":"a"}}}`, "Idempotency-Key", "one")
		return code
	}
	(&farm{vars: placedVars("display")}).crashes(t, func(t *testing.T, f *farm) {
		p = placedAt(t, f)
		p.plantRecord(t, adaptertype.PolygonArweave, "a", p.circuit)
		p.plantRecord(t, adaptertype.PolygonArweave, "bb", p.circuit)
	}, func(t *testing.T, f *farm, s *service) int { return ask(t, s) }, 200, func(t *testing.T, f *farm, code int) {
		s := f.instance(t)
		chosen := fmt.Sprint(p.shown(t, s).Primary) == "map[Arweave:map[transaction_id:a]]"
		if code == 200 && !chosen || chosen != (p.audited(t, "storage_primary") == 1) {
			t.Fatalf("answered %d, chosen %t, %d events", code, chosen, p.audited(t, "storage_primary"))
		}
		if again := ask(t, s); again != 200 {
			t.Fatal(again)
		}
		f.atRest(t, s)
		if n := p.audited(t, "storage_primary"); n != 1 {
			t.Errorf("%d events", n)
		}
	})
}
