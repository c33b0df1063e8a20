package simulate

import (
	"encoding/json"
	"strings"
)

// checkCharges holds what accounts have paid for items against the items that they have made: a charge stands exactly when
// the item is there. Where nothing is enforced nobody pays. No balance is ever below zero, at no commit of any history.
func (w *World) checkCharges() {
	paid, made := map[string]int{}, map[string]int{} // by account
	var accounts []string
	for _, r := range w.state() {
		user, of := strings.CutPrefix(r.Key, "user/")
		user, _, _ = strings.Cut(user, "/")
		switch {
		case of && area(r.Key) == "transaction":
			var t struct {
				Type string `json:"transaction_type"`
				For  string `json:"operation_type"`
			}
			_ = json.Unmarshal([]byte(r.Doc), &t)
			switch {
			case t.Type == "Consumption" && !w.plan.World.Enforce:
				w.violate("a charge stands when the item does", "%s has paid, and nothing costs: %s", user, r.Doc)
			case t.Type == "Consumption" && t.For == "item_creation":
				paid[user]++
			case t.Type == "Refund" && t.For == "item_creation":
				paid[user]--
			}
		case of && area(r.Key) == "account":
			accounts = append(accounts, user)
		}
	}
	for _, owner := range w.itemOwners() {
		made[owner]++
	}
	for _, user := range accounts {
		if w.plan.World.Enforce && paid[user] != made[user] {
			w.violate("a charge stands when the item does", "%s has paid for %d items and has made %d", user, paid[user], made[user])
		}
	}
	for _, name := range w.history.names {
		if strings.HasPrefix(name, "user/") {
			w.checkBalances(name)
		}
	}
}

// checkBalances looks at every balance that an account has had.
func (w *World) checkBalances(name string) {
	for _, e := range w.history.settled(name) {
		for _, p := range e.request.Puts {
			var balance struct{ Credits int64 }
			if p.Key == name+"/balance" && json.Unmarshal([]byte(p.Doc), &balance) == nil && balance.Credits < 0 {
				w.violate("no balance is below zero", "%s has %d credits", name, balance.Credits)
			}
		}
	}
}
