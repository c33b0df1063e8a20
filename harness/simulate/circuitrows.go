package simulate

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// rowsOf is what a world holds, for checks of how its records fit together.
type rowsOf struct {
	world *World
	docs  map[string]string
	keys  []string // in the order of the partitions
}

func (w *World) rows() *rowsOf {
	out := &rowsOf{w, map[string]string{}, nil}
	for _, r := range w.state() {
		out.docs[r.Key] = r.Doc
		out.keys = append(out.keys, r.Key)
	}
	return out
}

func (r *rowsOf) has(key string) bool { _, ok := r.docs[key]; return ok }

// each calls do with the parts of every key of an area of a kind of partition: area and id first.
func (r *rowsOf) each(kind, area string, do func(id, rest, doc string)) {
	for _, key := range r.keys {
		parts := strings.SplitN(key, "/", 4)
		if len(parts) < 3 || parts[0] != kind || parts[2] != area {
			continue
		}
		rest := ""
		if len(parts) == 4 {
			rest = parts[3]
		}
		do(parts[1], rest, r.docs[key])
	}
}

// checkCircuits holds the records of circuits and of their items against each other, once everything has arrived: the
// invariants of members and operations, holders, what waits and what happened.
func (w *World) checkCircuits() {
	rows := w.rows()
	wrong := func(format string, args ...any) { w.violate("a circuit's records agree", format, args...) }
	operations := map[string]operation{}
	waiting := map[string]int{} // by circuit, item, requester and type
	rows.each("circuit", "operation", func(id, op, doc string) {
		var o operation
		_ = json.Unmarshal([]byte(doc), &o)
		operations[op] = o
		if o.Status == "Pending" {
			mark := "circuit/" + id + "/pending/" + o.DFID + "/" + o.By + "/" + o.Type
			if waiting[mark]++; waiting[mark] > 1 {
				wrong("%d operations wait at once under %s", waiting[mark], mark)
			}
			if !rows.has(mark) {
				wrong("operation %s waits, and there is no %s", op, mark)
			}
		}
	})
	rows.each("circuit", "pending", func(id, rest, doc string) {
		var op string
		if _ = json.Unmarshal([]byte(doc), &op); operations[op].Status != "Pending" {
			wrong("%s of circuit %s is marked as pending and is %q", op, id, operations[op].Status)
		}
	})
	rows.each("circuit", "operationwaits", func(id, rest, doc string) {
		var o operation
		if _ = json.Unmarshal([]byte(doc), &o); operations[o.ID].Status != "Pending" {
			wrong("%s of circuit %s is listed as pending and is %q", o.ID, id, operations[o.ID].Status)
		}
	})
	w.checkActivities(rows, operations, wrong)
	w.checkHolders(rows, operations, wrong)
	w.checkMembers(rows, wrong)
	rows.each("item", "pendinglayer", func(dfid, op, _ string) {
		if op, _, _ = strings.Cut(op, "/"); operations[op].Status != "Pending" {
			wrong("%s has the pending part of operation %s, which is %q", dfid, op, operations[op].Status)
		}
	})
	rows.each("circuit", "lid", func(id, lid, doc string) {
		var last struct{ DFID string }
		var local struct {
			Mapping string `json:"mapping"`
		}
		_ = json.Unmarshal([]byte(doc), &last)
		_ = json.Unmarshal([]byte(rows.docs["local/"+lid+"/item"]), &local)
		if last.DFID != local.Mapping {
			wrong("circuit %s knows local item %s as %s, and it is %q", id, lid, last.DFID, local.Mapping)
		}
	})
}

// checkActivities wants one activity of each completed operation, and of no other.
func (w *World) checkActivities(rows *rowsOf, operations map[string]operation, wrong func(string, ...any)) {
	happened := map[string]int{}
	rows.each("circuit", "activity", func(id, position, doc string) {
		var a struct {
			Type string `json:"activity_type"`
		}
		_ = json.Unmarshal([]byte(doc), &a)
		if a.Type != "Enrich" {
			happened[lastID(position)]++
		}
	})
	for _, id := range slices.Sorted(maps.Keys(operations)) {
		if o := operations[id]; (o.Status == "Completed") != (happened[id] == 1) {
			wrong("operation %s is %s and has %d activities", id, o.Status, happened[id])
		}
	}
	for _, id := range slices.Sorted(maps.Keys(happened)) {
		if operations[id].ID == "" {
			wrong("there is an activity of operation %s, which is not there", id)
		}
	}
	made := map[string]int{} // events, by item and id
	rows.each("item", "event", func(dfid, position, _ string) { made[dfid+" "+lastID(position)]++ })
	rows.each("circuit", "operation", func(_, op, doc string) {
		var o struct {
			EventID string `json:"event_id"`
		}
		_ = json.Unmarshal([]byte(doc), &o)
		known := operations[op]
		if n := made[known.DFID+" "+o.EventID]; (known.Status == "Completed") != (n == 1) {
			wrong("operation %s is %s and has %d events in %s", op, known.Status, n, known.DFID)
		}
	})
}

// lastID is the id at the end of a place in a list by time.
func lastID(position string) string { return position[max(0, len(position)-36):] }

// checkHolders wants an item to name as its holders the circuits that hold it.
func (w *World) checkHolders(rows *rowsOf, operations map[string]operation, wrong func(string, ...any)) {
	listed := map[string]int{} // by circuit and operation
	rows.each("circuit", "itemat", func(circuit, position, _ string) { listed[circuit+" "+lastID(position)]++ })
	rows.each("circuit", "item", func(circuit, dfid, doc string) {
		var held struct {
			Op string `json:"operation_id"`
		}
		_ = json.Unmarshal([]byte(doc), &held)
		if o := operations[held.Op]; o.Status != "Completed" || o.Type != "Push" || o.DFID != dfid {
			wrong("circuit %s holds %s by operation %s, which is %+v", circuit, dfid, held.Op, o)
		}
		if !rows.has("item/" + dfid + "/holder/" + circuit) {
			wrong("circuit %s holds %s, which does not say so", circuit, dfid)
		}
		if n := listed[circuit+" "+held.Op]; n != 1 {
			wrong("circuit %s lists %s %d times", circuit, dfid, n)
		}
	})
	rows.each("item", "holder", func(dfid, circuit, _ string) {
		if !rows.has("circuit/" + circuit + "/item/" + dfid) {
			wrong("%s says that circuit %s holds it, which does not", dfid, circuit)
		}
	})
	rows.each("circuit", "published", func(circuit, dfid, _ string) {
		if !rows.has("circuit/" + circuit + "/item/" + dfid) {
			wrong("circuit %s publishes %s without holding it", circuit, dfid)
		}
	})
}

// checkMembers wants one owner, roles that exist, and no open request of a member.
func (w *World) checkMembers(rows *rowsOf, wrong func(string, ...any)) {
	owners := map[string]int{}
	rows.each("circuit", "member", func(circuit, user, doc string) {
		var m struct {
			Role, Hash string
			Custom     string `json:"custom_role"`
		}
		_ = json.Unmarshal([]byte(doc), &m)
		if m.Role == "Owner" {
			owners[circuit]++
		}
		if m.Custom != "" && !rows.has("circuit/"+circuit+"/role/"+m.Custom) {
			wrong("%s has a role in circuit %s that is not there", user, circuit)
		}
		var asked struct{ Status string }
		_ = json.Unmarshal([]byte(rows.docs["circuit/"+circuit+"/request/"+user]), &asked)
		if asked.Status == "Pending" {
			wrong("%s is a member of circuit %s and asks to be one", user, circuit)
		}
	})
	rows.each("circuit", "head", func(circuit, _, _ string) {
		if owners[circuit] != 1 {
			wrong("circuit %s has %d owners", circuit, owners[circuit])
		}
	})
}
