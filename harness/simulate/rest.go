package simulate

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// state is what the world holds in the end: the records of the objects, or in
// kv-only mode those of KV.
func (w *World) state() []record {
	if w.plan.Mode == KVOnly {
		return w.kvRecords()
	}
	records, err := w.disk.records()
	if err != nil {
		w.violate("records can be read", "%v", err)
	}
	return records
}

// atRest tells what is still left to do; "" for nothing.
func (w *World) atRest() string {
	for _, r := range w.state() {
		switch area(r.Key) {
		case "outbox":
			var row struct {
				Failed       bool
				Kind, Target string
			}
			if json.Unmarshal([]byte(r.Doc), &row) == nil && !row.Failed {
				return fmt.Sprintf("not delivered: %s, %s for %s", r.Key, row.Kind, row.Target)
			}
		case "claim":
			var claim struct{ Held bool }
			if json.Unmarshal([]byte(r.Doc), &claim) == nil && !claim.Held {
				return "not resolved: " + r.Key
			}
		}
	}
	return w.notReplicated()
}

// area is the part of a key that follows its partition, which has two parts.
func area(key string) string {
	parts := strings.SplitN(key, "/", 4)
	if len(parts) < 3 {
		return ""
	}
	return parts[2]
}

// notReplicated tells how KV and the objects differ; "" when they agree.
func (w *World) notReplicated() string {
	want := map[string]record{}
	for _, r := range w.state() {
		if r.Edge != "" {
			want[r.Edge] = r
		}
	}
	for _, e := range w.kv.truth() {
		var meta struct{ V int64 }
		_ = json.Unmarshal(e.Metadata, &meta)
		r, ok := want[e.Key]
		switch {
		case !ok && e.Expiration != 0: // it goes by itself
		case !ok:
			return "only in KV: " + e.Key
		case r.Packed == 0 && r.Doc != string(e.Value), r.Version != meta.V:
			return fmt.Sprintf("KV has another version of %s: %d, the object %d", e.Key, meta.V, r.Version)
		}
		delete(want, e.Key)
	}
	least := ""
	for key := range want {
		if least == "" || key < least {
			least = key
		}
	}
	if least != "" {
		return "missing in KV: " + least
	}
	return ""
}

// lookBack checks what has to hold when all is calm.
func (w *World) lookBack() {
	if w.plan.Mode != KVOnly {
		if left := w.atRest(); left != "" {
			w.violate("everything comes to rest", "after %s without faults: %s", longestCalm, left)
		}
		w.checkCircuits()
	}
	w.ask()
	w.checkOwners()
	w.checkUploads()
	w.checkCharges()
	w.checkPartitions()
	w.checkRegisters()
}

// ask runs the checks that the scripts have left.
func (w *World) ask() {
	checks := w.finally
	last := newClient(w, ClientPlan{ID: 99})
	done := false
	w.Go(func() {
		for _, restore := range w.restore {
			last.random = stream(w.plan.Seed, "restore")
			restore(last)
		}
		if len(w.restore) > 0 {
			w.Sleep(blockLag + 15*time.Second) // KV is told a moment later
		}
		for n, check := range checks {
			last.random = stream(w.plan.Seed, fmt.Sprintf("check %d", n))
			last.keys = 0
			check(last)
		}
		done = true
	})
	for end := w.elapsed() + longestCalm; !done && w.elapsed() < end; {
		w.Run(w.now.Add(slice))
	}
	if !done {
		w.violate("no request hangs", "the checks at the end do not end")
	}
}

// checkOwners looks for accounts that share what one may have, and for balances
// that are not the sum of their transactions.
func (w *World) checkOwners() {
	owners := map[string]string{}
	balance, sum, seen := map[string]int64{}, map[string]int64{}, []string(nil)
	for _, r := range w.state() {
		partition := strings.TrimPrefix(r.Key[:max(0, len(r.Key)-len(rest(r.Key)))], "")
		if !strings.HasPrefix(r.Key, "user/") {
			continue
		}
		var doc struct {
			UserID   string `json:"user_id"`
			Username string `json:"username"`
			Email    string `json:"email"`
			Credits  int64  `json:"credits"`
			Amount   int64  `json:"amount"`
		}
		if json.Unmarshal([]byte(r.Doc), &doc) != nil {
			continue // sealed
		}
		switch area(r.Key) {
		case "account":
			for _, value := range []string{"username " + strings.ToLower(doc.Username), "e-mail " + strings.ToLower(doc.Email)} {
				if other := owners[value]; other != "" && other != doc.UserID {
					w.result.TwoOwners = true
					w.violate("a name has one owner", "%s belongs to %s and to %s", value, other, doc.UserID)
				}
				owners[value] = doc.UserID
			}
		case "balance":
			balance[partition] = doc.Credits
			seen = append(seen, partition)
		case "transaction":
			sum[partition] += doc.Amount
		}
	}
	for _, p := range seen {
		if balance[p] != sum[p] {
			w.violate("credits are conserved", "the balance of %s is %d, its transactions add up to %d", p, balance[p], sum[p])
		}
	}
}

// rest is a key without its partition.
func rest(key string) string {
	parts := strings.SplitN(key, "/", 3)
	return parts[len(parts)-1]
}
