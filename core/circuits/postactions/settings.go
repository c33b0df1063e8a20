package postactions

import (
	"slices"

	"tracedge/core/storage"
)

// Settings are the record postactions of a circuit.
type Settings struct {
	Enabled  bool      `json:"enabled"`
	Triggers []Trigger `json:"trigger_events"`
	Storage  bool      `json:"include_storage_details"`
	Metadata bool      `json:"include_item_metadata"` // identifiers of the item

	// Webhooks names the webhooks, oldest first. It is written with their rows, and is all that Deliver needs to know.
	Webhooks []Target `json:"targets"`
}

// Target is a webhook as the settings name it.
type Target struct {
	ID      string `json:"id"`
	Enabled bool   `json:"enabled"`
}

// MaxWebhooks of a circuit.
const MaxWebhooks = 50

// Default are the settings of a circuit that never set any: nothing is told.
func Default() *Settings {
	return &Settings{Triggers: []Trigger{ItemPushed}, Storage: true, Metadata: true, Webhooks: []Target{}}
}

// Key is the record of the settings; Deliver reads it and nothing else.
func Key(p storage.Partition) storage.Key { return p.Key("postactions") }

// Rows is what records are read from: an update of the circuit's partition, or a view of it.
type Rows interface {
	Get(storage.Key, any) (bool, error)
}

// Get reads the settings of a circuit, nil for none. Within an update the commit verifies them.
func Get[R Rows](rows R, p storage.Partition) (*Settings, error) {
	var s Settings
	ok, err := rows.Get(Key(p), &s)
	if !ok || err != nil {
		return nil, err
	}
	return &s, nil
}

// Same tells whether two settings say the same, their webhooks aside.
func (s *Settings) Same(o *Settings) bool {
	return s.Enabled == o.Enabled && s.Storage == o.Storage && s.Metadata == o.Metadata && slices.Equal(s.Triggers, o.Triggers)
}

// Has tells whether a webhook exists.
func (s *Settings) Has(webhookID string) bool {
	return s != nil && slices.ContainsFunc(s.Webhooks, func(t Target) bool { return t.ID == webhookID })
}

// Put names a webhook as enabled or not, a new one last, and tells whether that is news.
func (s *Settings) Put(webhookID string, enabled bool) bool {
	t := Target{webhookID, enabled}
	for i, old := range s.Webhooks {
		if old.ID == webhookID {
			s.Webhooks[i] = t
			return old != t
		}
	}
	s.Webhooks = append(s.Webhooks, t)
	return true
}

// Drop names a webhook no more.
func (s *Settings) Drop(webhookID string) {
	s.Webhooks = slices.DeleteFunc(s.Webhooks, func(t Target) bool { return t.ID == webhookID })
}

// targets are the webhooks that a trigger is told to; nil settings tell none.
func (s *Settings) targets(t Trigger) []string {
	if s == nil || !s.Enabled || !slices.Contains(s.Triggers, t) {
		return nil
	}
	var out []string
	for _, w := range s.Webhooks {
		if w.Enabled {
			out = append(out, w.ID)
		}
	}
	return out
}
