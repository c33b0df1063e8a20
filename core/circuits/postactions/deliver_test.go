package postactions_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"testing"
	"time"

	"tracedge/core/circuits/postactions"
	"tracedge/core/storage"
	"tracedge/core/storage/memory"
	"tracedge/core/trace"
)

type quiet struct{}

func (quiet) Log(trace.Record) {}

const (
	circuitID = "7b1f0c52-0b6e-4d6f-9a61-2f4f5f0c9d10"
	on1       = "0d4f8f0a-6c58-4a0e-8f39-3b1c0f5f7a11"
	on2       = "c2b8a4b6-0d0a-4f5e-9a53-6f0f4c1b2e77"
	off       = "9f0c1e6e-58d1-4b0c-8c5e-0a4f6f8b9d21"
)

var (
	home = storage.In("circuit", circuitID)
	then = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

// world is a circuit with settings.
type world struct {
	*testing.T
	store *storage.Store
	ctx   context.Context
}

func newWorld(t *testing.T, s *postactions.Settings) world {
	clock := func() time.Time { return then }
	backend := memory.New(memory.Options{Clock: clock})
	w := world{T: t, store: storage.New(storage.Options{
		Sequencer: backend, Edge: backend.Edge(), Logger: quiet{}, Clock: clock, Random: rand.Reader,
	})}
	span := trace.Start(trace.Options{Clock: clock, Random: rand.Reader}, "POST", "")
	span.SetEndpoint("/test")
	w.ctx = trace.With(t.Context(), span)
	if s != nil {
		w.update(func(tx *storage.Tx) error { return tx.Put(postactions.Key(home), s) })
	}
	return w
}

func (w world) update(fn func(*storage.Tx) error) {
	w.Helper()
	if err := w.store.Update(w.ctx, "test_decide_change", home, fn); err != nil {
		w.Fatal(err)
	}
}

func (w world) deliver(list ...postactions.Occasion) []postactions.Delivery {
	w.Helper()
	w.update(func(tx *storage.Tx) error {
		if err := tx.Put(home.Key("test"), 1); err != nil {
			return err
		}
		return postactions.Deliver(tx, postactions.Circuit{ID: circuitID, Name: "Coop"}, list...)
	})
	page, err := w.store.Scan(w.ctx, "test_list_deliveries", home, postactions.Deliveries(home), storage.Page{Limit: 100})
	if err != nil {
		w.Fatal(err)
	}
	out := make([]postactions.Delivery, len(page.Records))
	for i, r := range page.Records {
		if err := r.Decode(&out[i]); err != nil {
			w.Fatal(err)
		}
	}
	return out
}

func settings(change func(*postactions.Settings)) *postactions.Settings {
	s := postactions.Default()
	s.Enabled = true
	s.Webhooks = []postactions.Target{{ID: on1, Enabled: true}, {ID: off}, {ID: on2, Enabled: true}}
	change(s)
	return s
}

func pushed() postactions.Occasion {
	return postactions.Occasion{
		Trigger: postactions.ItemPushed, At: then, OperationID: "6ba7b810-9dad-41d1-80b4-00c04fd430c8",
		Item: postactions.Item{
			DFID: "DFID-20250101-000001-F7BD", PushedBy: "user-a",
			Identifiers: []postactions.Identifier{{Key: "sisbov", Value: "BR1"}},
		},
	}
}

// Each enabled webhook gets one delivery of its own, with what the contract says of the payload.
func TestDeliver(t *testing.T) {
	got := newWorld(t, settings(func(*postactions.Settings) {})).deliver(pushed())
	if len(got) != 2 || got[0].ID == got[1].ID || got[0].WebhookID == got[1].WebhookID {
		t.Fatalf("%+v", got)
	}
	for _, d := range got {
		if d.Status != postactions.Pending || d.Attempts != 0 || d.WebhookID == off {
			t.Errorf("%+v", d)
		}
		var p map[string]any
		if err := json.Unmarshal(d.Payload, &p); err != nil {
			t.Fatal(err)
		}
		const want = `{"circuit_id":"` + circuitID + `","circuit_name":"Coop","event_type":"item_pushed",` +
			`"item":{"dfid":"DFID-20250101-000001-F7BD","identifiers":[{"key":"sisbov","value":"BR1"}],"local_id":null,"pushed_by":"user-a"},` +
			`"operation_id":"6ba7b810-9dad-41d1-80b4-00c04fd430c8","status":"completed","storage":null,"timestamp":"2026-03-01T12:00:00Z"}`
		if text, _ := json.Marshal(p); string(text) != want {
			t.Errorf("%s", text)
		}
	}
}

// Several occasions of one commit are told apart.
func TestDeliverSeveral(t *testing.T) {
	approved := pushed()
	approved.Trigger = postactions.ItemApproved
	both := settings(func(s *postactions.Settings) { s.Triggers = append(s.Triggers, postactions.ItemApproved) })
	got := newWorld(t, both).deliver(approved, pushed(), pushed())
	ids := map[string]bool{}
	for _, d := range got {
		ids[d.ID] = true
	}
	if len(ids) != 6 {
		t.Errorf("%d deliveries of %d ids", len(got), len(ids))
	}
}

func TestDeliverNothing(t *testing.T) {
	for name, s := range map[string]*postactions.Settings{
		"never set":         nil,
		"defaults":          postactions.Default(),
		"off":               settings(func(s *postactions.Settings) { s.Enabled = false }),
		"another trigger":   settings(func(s *postactions.Settings) { s.Triggers = []postactions.Trigger{postactions.ItemPublished} }),
		"no trigger":        settings(func(s *postactions.Settings) { s.Triggers = nil }),
		"webhooks disabled": settings(func(s *postactions.Settings) { s.Webhooks = s.Webhooks[1:2] }),
	} {
		if got := newWorld(t, s).deliver(pushed()); len(got) != 0 {
			t.Errorf("%s: %d deliveries", name, len(got))
		}
	}
}

func TestDeliverWithoutMetadata(t *testing.T) {
	got := newWorld(t, settings(func(s *postactions.Settings) { s.Metadata = false })).deliver(pushed())
	var p struct{ Item struct{ Identifiers []any } }
	if err := json.Unmarshal(got[0].Payload, &p); err != nil || p.Item.Identifiers == nil || len(p.Item.Identifiers) != 0 {
		t.Errorf("%s, %v", got[0].Payload, err)
	}
}

// An open delivery of a webhook that was deleted reads as failed; what was delivered before stays delivered.
func TestShown(t *testing.T) {
	s := settings(func(s *postactions.Settings) { s.Webhooks = s.Webhooks[:1] })
	for _, c := range []struct {
		webhook      string
		status, want postactions.Status
	}{
		{on1, postactions.Pending, postactions.Pending},
		{on2, postactions.Pending, postactions.Failed},
		{on2, postactions.Retrying, postactions.Failed},
		{on2, postactions.Delivered, postactions.Delivered},
	} {
		got := s.Shown(postactions.Delivery{WebhookID: c.webhook, Status: c.status})
		if got.Status != c.want || (got.Error != nil) != (c.want == postactions.Failed) {
			t.Errorf("%+v reads as %+v", c, got)
		}
	}
}
