package circuititems

import (
	"strings"
	"time"

	"tracedge/core/accounts"
	"tracedge/core/activity"
	"tracedge/core/adaptertype"
	"tracedge/core/canon"
	"tracedge/core/circuits"
	"tracedge/core/circuits/postactions"
	"tracedge/core/events"
	"tracedge/core/identifier"
	"tracedge/core/notices"
	"tracedge/core/storage"
	"tracedge/core/storagehistory"
)

// hold has the circuit hold the item of a push: the row, its place in the list, and its next stamp.
func (o *Operation) hold(tx *storage.Tx, now time.Time) (int64, error) {
	p := tx.Partition()
	h, stamp, err := heldIn(tx, o.DFID)
	if err != nil {
		return 0, err
	}
	if h != nil {
		tx.Delete(itemsAt(p) + h.position())
	}
	next := Held{
		DFID: o.DFID, PushedBy: o.Requester, PushedAt: now, Permissions: []string{"read", "verify"}, OperationID: o.ID, Stamp: stamp + 1,
	}
	tx.Delete(itemGoneKey(p, o.DFID))
	tx.Put(itemsAt(p)+next.position(), next)
	return next.Stamp, tx.Put(circuits.ItemKey(p, o.DFID), next)
}

// heldIn is the row of an item that the circuit of tx holds, nil for none, and the stamp of the last commit that moved it.
func heldIn(tx *storage.Tx, dfid string) (*Held, int64, error) {
	p := tx.Partition()
	var h Held
	var g gone
	ok, err := tx.Get(circuits.ItemKey(p, dfid), &h)
	if err != nil {
		return nil, 0, err
	}
	if _, err := tx.Get(itemGoneKey(p, dfid), &g); err != nil {
		return nil, 0, err
	}
	if !ok {
		return nil, g.Stamp, nil
	}
	return &h, max(h.Stamp, g.Stamp), nil
}

// letGo has the circuit hold the item of a pull no more. nil says that it does not.
func (o *Operation) letGo(tx *storage.Tx, now time.Time) (*Held, int64, error) {
	p := tx.Partition()
	h, stamp, err := heldIn(tx, o.DFID)
	if h == nil || err != nil {
		return nil, 0, err
	}
	if err := circuits.Unpublish(tx, o.CircuitID, o.DFID, now); err != nil {
		return nil, 0, err
	}
	tx.Delete(circuits.ItemKey(p, o.DFID))
	tx.Delete(itemsAt(p) + h.position())
	return h, stamp + 1, tx.Put(itemGoneKey(p, o.DFID), gone{stamp + 1}, storage.Expires(now.Add(lateness)))
}

// note adds the activity of an operation.
func (o *Operation) note(tx *storage.Tx, kind string, enriched *int, now time.Time) error {
	a := Activity{
		ID: "ACTIVITY-" + now.UTC().Format("20060102150405") + "-" + strings.ToUpper(o.ID[:8]), Type: kind, CircuitID: o.CircuitID,
		DFIDs: []string{o.DFID}, UserID: o.Requester, Time: now, Status: "Success", Affected: 1, Enriched: enriched,
	}
	return tx.Put(activities(tx.Partition())+storage.Key(storage.TimeID(now, o.ID)), a)
}

// complete is the completion of a push in its circuit (section 2.2, rule 3), but for what follows in the item. It returns
// the stamp of the holder.
func (o *Operation) complete(tx *storage.Tx, st *circuits.Standing, now time.Time, triggers ...postactions.Trigger) (int64, error) {
	o.Status = Completed
	if st.AutoPublishes() {
		published, err := circuits.Publish(tx, o.CircuitID, o.DFID, o.Requester, now)
		if err != nil {
			return 0, err
		}
		if published {
			triggers = append(triggers, postactions.ItemPublished)
		}
	}
	stamp, err := o.hold(tx, now)
	if err != nil {
		return 0, err
	}
	var enriched *int
	if o.LID != "" {
		enriched = &o.Enriched
	}
	o.note(tx, string(Push), enriched, now)
	o.put(tx)
	o.keepLID(tx)
	occasions := make([]postactions.Occasion, len(triggers))
	for n, t := range triggers {
		occasions[n] = postactions.Occasion{Trigger: t, At: now, OperationID: o.ID, Item: postactions.Item{
			DFID: o.DFID, LocalID: o.LID, Identifiers: o.identifiers, PushedBy: o.Requester,
		}}
	}
	return stamp, postactions.Deliver(tx, postactions.Circuit{ID: o.CircuitID, Name: st.Head.Name}, occasions...)
}

// named has the deliveries of the operation's completion name the identifiers of its item.
func (o *Operation) named(list []identifier.Identifier) {
	o.identifiers = make([]postactions.Identifier, len(list))
	for n, i := range list {
		o.identifiers[n] = postactions.Identifier{Key: i.Key, Value: i.Value}
	}
}

// trigger is what the completion of a push is to webhooks.
func (o *Operation) trigger() postactions.Trigger {
	if o.NewItem {
		return postactions.ItemTokenized
	}
	return postactions.ItemPushed
}

func (o *Operation) keepLID(tx *storage.Tx) {
	if o.LID != "" {
		tx.Put(lidKey(tx.Partition(), o.LID), pushed{o.DFID, o.ID})
	}
}

// wait stores an operation that waits for an approval, and tells who may give it.
func (o *Operation) wait(tx *storage.Tx, h *circuits.Head) error {
	managers, err := circuits.Managers(tx, h, o.Requester)
	if err != nil {
		return err
	}
	o.Status = Pending
	o.put(tx)
	o.keepLID(tx)
	for _, userID := range managers {
		err := o.tell(tx, h, userID, notices.ItemPendingApproval, o.Time, "operation_type", o.Type, "requester_id", o.Requester)
		if err != nil {
			return err
		}
	}
	return tx.Send("circuits_put_reference", referenceHome(o.ID), o.CircuitID, storage.Now())
}

// tell sends a notice of the operation, with further data as name and value.
func (o *Operation) tell(tx *storage.Tx, h *circuits.Head, userID string, kind notices.Type, now time.Time, more ...any) error {
	data := map[string]any{
		"circuit_id": o.CircuitID, "circuit_name": h.Name, "timestamp": now.Unix(), "dfid": o.DFID, "operation_id": o.ID,
	}
	for n := 0; n+1 < len(more); n += 2 {
		data[more[n].(string)] = more[n+1]
	}
	return notices.Put(tx, notices.Notice{ID: o.ID, UserID: userID, Type: kind, Data: data, CreatedAt: now})
}

func referenceHome(op string) storage.Partition { return storage.In("operationref", op) }

func referenceKey(op string) storage.Key { return referenceHome(op).Key("home") }

func applyReference(tx *storage.Tx, r storage.Row) error {
	var circuitID string
	if err := r.Decode(&circuitID); err != nil {
		return err
	}
	return tx.Put(tx.Partition().Key("home"), circuitID)
}

// happening is the event of an operation that completes.
func (o *Operation) happening(h *circuits.Head, kind events.Type, name, approvedBy string, now time.Time) events.Happening {
	m := canon.Of("circuit_id", canon.Text(o.CircuitID)).With("requester_id", canon.Text(o.Requester)).With("operation", canon.Text(name))
	if approvedBy != "" {
		m = m.With("approved_by", canon.Text(approvedBy))
	}
	visibility := events.CircuitOnly
	if h.Permissions.Public {
		visibility = events.Public
	}
	return events.Happening{
		ID: o.EventID, Type: kind, Visibility: visibility, Source: o.Requester, WorkspaceID: o.Workspace, Time: now, Metadata: m,
	}
}

// half is the item half of a commit of a circuit: the payload of its row.
type half struct {
	CircuitID string           `json:"circuit_id"`
	DFID      string           `json:"dfid"`
	Op        string           `json:"op"`
	Stamp     int64            `json:"stamp"`
	Event     events.Happening `json:"event"`
	Layer     bool             `json:"layer,omitempty"` // the pending part of the operation becomes part of the layer
	Upload    *upload          `json:"upload,omitempty"`
	Share     *share           `json:"share,omitempty"` // of a pull
	Activity  *activity.Entry  `json:"activity,omitempty"`
}

// upload is what the item half queues, if the item's content is not there already.
type upload struct {
	Type     adaptertype.Type       `json:"adapter_type"`
	Trigger  storagehistory.Trigger `json:"triggered_by"`
	UserID   string                 `json:"user_id"`
	RefundID string                 `json:"refund_id"`
	Amount   int64                  `json:"amount"` // that was paid for it
	Token    bool                   `json:"new_token,omitempty"`
}

// share is what a pull leaves with the requester.
type share struct {
	UserID      string   `json:"user_id"`
	Permissions []string `json:"permissions"`
	Drawn       string   `json:"drawn"`
	Source      string   `json:"source"`
}

// uploads is the upload that an operation of a requester asks for: none without an adapter.
func (sc *scene) uploads(o *Operation, a *accounts.Loaded, trigger storagehistory.Trigger, charged bool) *upload {
	if sc.adapter == adaptertype.None {
		return nil
	}
	u := &upload{Type: sc.adapter, Trigger: trigger, UserID: o.Requester, RefundID: o.RefundID}
	if charged && a != nil && sc.adapter.Premium() && o.Adapter != nil && *o.Adapter == sc.adapter {
		u.Amount = int64(a.Tier.Costs().PremiumAdapter)
	}
	return u
}
