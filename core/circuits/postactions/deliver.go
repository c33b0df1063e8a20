package postactions

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"tracedge/core/storage"
	"tracedge/core/web"
)

// Circuit is where something happens, as payloads name it.
type Circuit struct{ ID, Name string }

// Occasion is something that has happened to an item in a circuit.
type Occasion struct {
	Trigger     Trigger
	At          time.Time
	OperationID string // UUID; "" where no operation did it
	Item        Item
}

// Item is what payloads say of an item.
type Item struct {
	DFID        string
	LocalID     string // "" for none
	Identifiers []Identifier
	PushedBy    string // user id
}

// Identifier of an item.
type Identifier struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// payload is what a webhook is sent. Its storage is filled in when the first attempt is made.
type payload struct {
	Event       string          `json:"event_type"`
	CircuitID   string          `json:"circuit_id"`
	CircuitName string          `json:"circuit_name"`
	Time        web.TimeZ       `json:"timestamp"`
	Item        itemPayload     `json:"item"`
	Storage     json.RawMessage `json:"storage"`
	OperationID *string         `json:"operation_id"`
	Status      string          `json:"status"`
}

type itemPayload struct {
	DFID        string       `json:"dfid"`
	LocalID     *string      `json:"local_id"`
	Identifiers []Identifier `json:"identifiers"`
	PushedBy    string       `json:"pushed_by"`
}

// Deliver writes, within the commit of circuit/<id> that makes the occasions happen, a pending delivery of each for every
// enabled webhook, if post-actions are on and list its trigger. It reads Key alone, which the update should fetch with
// its other records (storage.Reading, or Reads of an outbox handler); a webhook that is added or deleted meanwhile makes
// the commit run again. It draws nothing and asks nobody, so what is outside can neither fail nor delay the commit. A
// commit calls it once, with everything that it makes happen. What is more than a commit should hold follows by rows.
func Deliver(tx *storage.Tx, c Circuit, occasions ...Occasion) error {
	s, err := Get(tx, tx.Partition())
	if err != nil || s == nil || s.quiet(occasions) {
		return err
	}
	most := max(1, perCommit/len(s.Webhooks))
	for n := 0; n < len(occasions); n += most {
		part := occasions[n:min(n+most, len(occasions))]
		if n == 0 {
			err = s.deliver(tx, c, part)
		} else {
			err = tx.Send("postactions_add_deliveries", tx.Partition(), later{c, part}, storage.Now())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// perCommit is about how many deliveries one commit writes.
const perCommit = 200

// later is the payload of a row with occasions of a commit that has others itself.
type later struct {
	Circuit   Circuit    `json:"circuit"`
	Occasions []Occasion `json:"occasions"`
}

// Handle registers how deliveries follow that are too many for one commit. A row that comes again finds its mark.
func Handle(s *storage.Store) {
	s.Handle("postactions_add_deliveries", storage.Handler{
		Reads: func(r storage.Row) ([]storage.Key, []storage.Key) {
			p, err := storage.ParsePartition(r.Target)
			if err != nil {
				return nil, nil
			}
			return []storage.Key{Key(p)}, nil
		},
		Apply: func(tx *storage.Tx, r storage.Row) error {
			var l later
			if err := r.Decode(&l); err != nil {
				return err
			}
			s, err := Get(tx, tx.Partition())
			if err != nil || s == nil {
				return err
			}
			return s.deliver(tx, l.Circuit, l.Occasions)
		},
	})
}

// quiet tells whether none of the occasions is told to anybody.
func (s *Settings) quiet(list []Occasion) bool {
	for _, o := range list {
		if len(s.targets(o.Trigger)) > 0 {
			return false
		}
	}
	return true
}

// deliver writes the deliveries of occasions.
func (s *Settings) deliver(tx *storage.Tx, c Circuit, occasions []Occasion) error {
	for n, o := range occasions {
		targets := s.targets(o.Trigger)
		if len(targets) == 0 {
			continue
		}
		doc, err := json.Marshal(s.payload(c, o))
		if err != nil {
			return err
		}
		for _, webhook := range targets {
			id, err := deliveryID(tx.ID(), webhook, o.Trigger, n)
			if err != nil {
				return err
			}
			d := Delivery{ID: id, WebhookID: webhook, Trigger: o.Trigger, Payload: doc, Status: Pending, CreatedAt: o.At}
			if err := d.put(tx); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Settings) payload(c Circuit, o Occasion) payload {
	p := payload{
		Event: o.Trigger.Snake(), CircuitID: c.ID, CircuitName: c.Name, Time: web.TimeZ(o.At), OperationID: text(o.OperationID),
		Item:   itemPayload{o.Item.DFID, text(o.Item.LocalID), []Identifier{}, o.Item.PushedBy},
		Status: "completed",
	}
	if s.Metadata && len(o.Item.Identifiers) > 0 {
		p.Item.Identifiers = o.Item.Identifiers
	}
	return p
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// deliveryID is the id of a delivery: the ids of update and webhook, which are random, laid over each other with what tells
// the deliveries of one commit apart. An update may neither draw nor hash, and its runs must agree.
func deliveryID(update, webhook string, t Trigger, n int) (string, error) {
	a, err := hex.DecodeString(strings.ReplaceAll(update, "-", ""))
	if err != nil {
		return "", err
	}
	b, err := hex.DecodeString(strings.ReplaceAll(webhook, "-", ""))
	if err != nil {
		return "", err
	}
	if len(a) != 16 || len(b) != 16 {
		return "", errors.New("postactions: not a UUID")
	}
	for i := range a {
		a[i] ^= b[i]
	}
	a[13], a[14], a[15] = a[13]^t.number(), a[14]^byte(n>>8), a[15]^byte(n)
	a[6], a[8] = a[6]&0x0f|0x40, a[8]&0x3f|0x80
	id, _ := web.ParseUUID(hex.EncodeToString(a))
	return id, nil
}
