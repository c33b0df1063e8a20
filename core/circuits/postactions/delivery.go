package postactions

import (
	"encoding/json"
	"time"

	"tracedge/core/storage"
)

// Status of a delivery.
type Status string

// The statuses. A delivery is open until it is Delivered or Failed.
const (
	Pending    Status = "Pending"
	InProgress Status = "InProgress"
	Delivered  Status = "Delivered"
	Failed     Status = "Failed"
	Retrying   Status = "Retrying"
)

// Open tells whether there is still something to do.
func (s Status) Open() bool { return s != Delivered && s != Failed }

// Delivery is the record delivery/<time>-<id>.
type Delivery struct {
	ID           string          `json:"id"` // UUID
	WebhookID    string          `json:"webhook_id"`
	Trigger      Trigger         `json:"trigger_event"`
	Payload      json.RawMessage `json:"payload"`
	Status       Status          `json:"status"`
	Attempts     int             `json:"attempts"`
	ResponseCode *int            `json:"response_code,omitempty"`
	ResponseBody *string         `json:"response_body,omitempty"`
	Error        *string         `json:"error_message,omitempty"`
	CreatedAt    time.Time       `json:"created_at"`
	DeliveredAt  *time.Time      `json:"delivered_at,omitempty"`
	NextRetryAt  *time.Time      `json:"next_retry_at,omitempty"`
}

// memory is how long deliveries are kept.
const memory = 30 * 24 * time.Hour

// Deliveries is the range of all deliveries of a circuit, oldest first.
func Deliveries(p storage.Partition) storage.Key { return p.Prefix("delivery") }

func deliveryKey(p storage.Partition, d Delivery) storage.Key {
	return p.Key("delivery", storage.TimeID(d.CreatedAt, d.ID))
}

func (d Delivery) put(tx *storage.Tx) error {
	return tx.Put(deliveryKey(tx.Partition(), d), d, storage.Expires(d.CreatedAt.Add(memory)))
}

// Shown is a delivery as it reads under the settings, nil for none: an open one of a webhook that is not there any more has
// failed.
func (s *Settings) Shown(d Delivery) Delivery {
	if d.Status.Open() && !s.Has(d.WebhookID) {
		gone := "The webhook was deleted"
		d.Status, d.Error, d.NextRetryAt = Failed, &gone, nil
	}
	return d
}
