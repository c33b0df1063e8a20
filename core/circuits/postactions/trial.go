package postactions

import (
	"encoding/json"
	"time"

	"tracedge/core/fault"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// MaxTrials is how many test deliveries of a webhook may be open.
const MaxTrials = 20

// Trials is the range of the open test deliveries of a webhook, as far as it matters.
func Trials(p storage.Partition, webhookID string) storage.Span {
	return storage.Span{Prefix: p.Prefix("trial", webhookID), Page: storage.Page{Limit: MaxTrials}}
}

type trialPayload struct {
	Event       string    `json:"event_type"`
	CircuitID   string    `json:"circuit_id"`
	CircuitName string    `json:"circuit_name"`
	Time        web.TimeZ `json:"timestamp"`
	Test        bool      `json:"test"`
	Message     string    `json:"message"`
}

// Try writes a test delivery of a webhook, whatever the settings say. Its mark among the trials goes when it is not open any
// more. Errors: 409 delivery_limit.
func Try(tx *storage.Tx, c Circuit, webhookID, deliveryID string, at time.Time) error {
	p := tx.Partition()
	span := Trials(p, webhookID)
	open, err := tx.Scan(span.Prefix, span.Page)
	if err != nil {
		return err
	}
	if len(open.Records) >= MaxTrials {
		return fault.Conflict("", "Too many test deliveries of the webhook are open").With("code", "delivery_limit")
	}
	doc, err := json.Marshal(trialPayload{
		WebhookTest.Snake(), c.ID, c.Name, web.TimeZ(at), true, "A test of the webhook by somebody who manages the circuit",
	})
	if err != nil {
		return err
	}
	d := Delivery{ID: deliveryID, WebhookID: webhookID, Trigger: WebhookTest, Payload: doc, Status: Pending, CreatedAt: at}
	if err := tx.Put(p.Key("trial", webhookID, storage.TimeID(at, deliveryID)), true, storage.Expires(at.Add(memory))); err != nil {
		return err
	}
	return d.put(tx)
}
