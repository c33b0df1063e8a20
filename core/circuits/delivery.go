package circuits

import (
	"encoding/json"
	"time"

	"tracedge/core/activity"
	"tracedge/core/circuits/postactions"
	"tracedge/core/circuits/roles"
	"tracedge/core/fault"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type testReply struct {
	messageReply
	Webhook    testedWebhook `json:"webhook"`
	DeliveryID string        `json:"delivery_id"`
}

type testedWebhook struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	URL  string `json:"url"`
}

// testWebhook is WH7: one commit with the delivery, which then goes the way of any other. It leaves no side record.
func (s *Service) testWebhook(c *web.Call) (any, error) {
	webhookID, err := c.PathUUID("webhook_id")
	if err != nil {
		return nil, err
	}
	m, id := s.actions(c, activity.Kind{}), c.StableID("delivery")
	m.quiet = true
	options := append(m.briefly(postactions.WebhookKey(m.p, webhookID)), storage.Scanning(postactions.Trials(m.p, webhookID)))
	return m.end(m.op.Decide(c.Context(), "circuits_create_delivery", m.run(func(d *draft) error {
		w, err := d.webhookIn(webhookID)
		if err != nil {
			return err
		}
		d.changes()
		d.change.reply = testReply{messageReply{true, "Test queued"}, testedWebhook{w.ID, w.Name, w.URL}, id}
		return postactions.Try(d.tx, postactions.Circuit{ID: m.id, Name: d.Head.Name}, webhookID, id, d.now())
	}), options...))
}

type deliveriesQuery struct {
	web.Page `lenient:"true"`
}

type deliveriesReply struct {
	Success bool           `json:"success"`
	Data    []deliveryView `json:"data"`
	Count   int            `json:"count" doc:"Of data"`
	Next    *string        `json:"next_cursor"`
}

type deliveryView struct {
	ID           string              `json:"id"`
	WebhookID    string              `json:"webhook_id"`
	CircuitID    string              `json:"circuit_id"`
	Trigger      postactions.Trigger `json:"trigger_event"`
	Payload      json.RawMessage     `json:"payload"`
	Status       postactions.Status  `json:"status"`
	Attempts     int                 `json:"attempts"`
	ResponseCode *int                `json:"response_code"`
	ResponseBody *string             `json:"response_body"`
	CreatedAt    web.TimeZ           `json:"created_at"`
	DeliveredAt  *web.TimeZ          `json:"delivered_at"`
	Error        *string             `json:"error_message"`
	NextRetryAt  *web.TimeZ          `json:"next_retry_at"`
}

// looked is what a page is read from: records by key and the page of the custom roles.
type looked struct {
	storage.Snapshot
	roles storage.Listing
}

// Get implements Rows.
func (l looked) Get(k storage.Key, v any) (bool, error) {
	for _, r := range l.roles.Records {
		if r.Key == k {
			return true, r.Decode(v)
		}
	}
	return l.Snapshot.Get(k, v)
}

// Decode implements Rows.
func (looked) Decode(r storage.Record, v any) error { return r.Decode(v) }

// listDeliveries is WH8. One call of the sequencer. The position in a cursor is the end of a key below the circuit's
// deliveries, so it selects nothing of another circuit.
func (s *Service) listDeliveries(c *web.Call) (any, error) {
	id, err := c.PathUUID("id")
	if err != nil {
		return nil, err
	}
	page := web.Query[deliveriesQuery](c).Page
	p := Partition(id)
	all := postactions.Deliveries(p)
	ask := storage.Page{Limit: max(1, page.Limit), Reverse: true}
	var position string
	if resumed, err := page.Resume(&position); err != nil {
		return nil, err
	} else if resumed && !storage.IsTimeID(position) {
		return nil, fault.BadRequest("cursor", "The cursor is not usable here")
	} else if resumed {
		ask.After = all + storage.Key(position)
	}
	keys := append(standingKeys(p, c.Caller().UserID), postactions.Key(p))
	found, pages, err := s.store.Look(c.Context(), "circuits_list_deliveries", p, keys,
		storage.Span{Prefix: customs(p), Page: storage.Page{Limit: 2 * maxRoles}}, storage.Span{Prefix: all, Page: ask})
	if err != nil {
		return nil, err
	}
	rows := looked{found, pages[0]}
	standing, err := Stand(rows, p, ViewerOf(c), c.Now())
	if err != nil {
		return nil, err
	}
	if err := standing.Read(roles.ManagePermissions); err != nil {
		return nil, err
	}
	settings, err := postactions.Get(rows, p)
	if err != nil {
		return nil, err
	}
	reply := deliveriesReply{Success: true, Data: []deliveryView{}}
	if page.Limit == 0 {
		return reply, nil
	}
	for _, r := range pages[1].Records {
		var d postactions.Delivery
		if err := r.Decode(&d); err != nil {
			return nil, err
		}
		reply.Data = append(reply.Data, viewOfDelivery(id, settings.Shown(d)))
	}
	reply.Count = len(reply.Data)
	if next := pages[1].Next; next != "" {
		reply.Next, err = c.Next(string(next[len(all):]))
	}
	return reply, err
}

func viewOfDelivery(circuitID string, d postactions.Delivery) deliveryView {
	return deliveryView{
		d.ID, d.WebhookID, circuitID, d.Trigger, d.Payload, d.Status, d.Attempts, d.ResponseCode, d.ResponseBody,
		web.TimeZ(d.CreatedAt), timeZ(d.DeliveredAt), d.Error, timeZ(d.NextRetryAt),
	}
}

func timeZ(t *time.Time) *web.TimeZ { return (*web.TimeZ)(t) }
