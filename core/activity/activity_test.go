package activity_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"tracedge/core/activity"
	"tracedge/core/audit"
	"tracedge/core/storage"
	"tracedge/core/storage/memory"
	"tracedge/core/trace"
	"tracedge/core/userrows"
)

type quiet struct{}

func (quiet) Log(trace.Record) {}

func newStore() (*storage.Store, context.Context) {
	backend := memory.New(memory.Options{})
	s := storage.New(storage.Options{
		Sequencer: backend, Edge: backend.Edge(), Logger: quiet{}, Clock: time.Now, Random: rand.Reader,
	})
	span := trace.Start(trace.Options{Clock: time.Now, Random: rand.Reader}, "POST", "")
	span.SetEndpoint("/test")
	return s, trace.With(context.Background(), span)
}

func entry() activity.Entry {
	k := activity.CreateLocalItem
	return activity.Entry{
		ID: "8e03978e-40d5-43e8-bc93-6894a57f9324", UserID: "user-1", Time: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		Type: k.Type, Category: k.Category, Resource: k.Resource, ResourceID: "lid", Action: k.Action,
		Description: k.Description, Success: true,
	}
}

// The activity, its audit event and the rows of lists that the same change owes are one commit of the account.
func TestOneCommit(t *testing.T) {
	s, ctx := newStore()
	rows := userrows.New(s)
	activity.Register(rows)
	user := storage.In("user", "user-1")
	rows.Handle("list", userrows.Handler{Apply: func(tx *storage.Tx, part userrows.Part) error {
		return tx.Put(user.Key("list", "x"), part.Doc)
	}})
	err := s.Update(ctx, "test_decide_change", storage.In("local", "1"), func(tx *storage.Tx) error {
		var c userrows.Change
		c.Add("list", map[string]int{"n": 1})
		c.Add(activity.Part(entry()))
		return c.Send(tx, "user-1", storage.Now())
	})
	if err != nil {
		t.Fatal(err)
	}
	versions := map[int64]bool{}
	for _, area := range []string{"list", "activity", "audit"} {
		got, err := s.Scan(ctx, "test_scan_rows", user, user.Prefix(area), storage.Page{Limit: 10})
		if err != nil || len(got.Records) != 1 {
			t.Fatalf("%s: %v, %v", area, got, err)
		}
		versions[got.Records[0].Version] = true
		switch area {
		case "activity":
			var e activity.Entry
			if err := got.Records[0].Decode(&e); err != nil || e != entry() {
				t.Errorf("%+v, %v", e, err)
			}
		case "audit":
			var e audit.Event
			if err := got.Records[0].Decode(&e); err != nil || e.Action != "create_local_item" || e.Outcome != audit.Success || e.SubjectID != "lid" {
				t.Errorf("%+v, %v", e, err)
			}
		}
	}
	if len(versions) != 1 {
		t.Errorf("%d commits", len(versions))
	}
}

func TestSend(t *testing.T) {
	s, ctx := newStore()
	activity.Register(userrows.New(s))
	err := s.Update(ctx, "test_decide_change", storage.In("item", "1"), func(tx *storage.Tx) error {
		return activity.Send(tx, entry().Failed())
	})
	if err != nil {
		t.Fatal(err)
	}
	user := storage.In("user", "user-1")
	got, err := s.Scan(ctx, "test_scan_rows", user, user.Prefix("audit"), storage.Page{Limit: 10})
	if err != nil || len(got.Records) != 1 {
		t.Fatal(got, err)
	}
	var e audit.Event
	if err := got.Records[0].Decode(&e); err != nil || e.Outcome != audit.Failure {
		t.Errorf("%+v, %v", e, err)
	}
}

// A part that nobody handles, or that has no JSON, is an error of the program and writes nothing.
func TestUnknownPart(t *testing.T) {
	s, ctx := newStore()
	userrows.New(s)
	var c userrows.Change
	c.Add("never", 1)
	home := storage.In("item", "1")
	if err := s.Update(ctx, "test_decide_change", home, func(tx *storage.Tx) error { return c.Send(tx, "user-1") }); err != nil {
		t.Fatal(err)
	}
	left, err := s.Scan(ctx, "test_scan_rows", home, home.Prefix("outbox"), storage.Page{Limit: 10})
	if err != nil || len(left.Records) != 1 {
		t.Errorf("the row is gone: %v, %v", left, err)
	}
	c.Add("bad", json.RawMessage("{"))
	err = s.Update(ctx, "test_decide_change", home, func(tx *storage.Tx) error { return c.Send(tx, "user-1") })
	if err == nil || !strings.Contains(err.Error(), "unexpected end") {
		t.Errorf("%v", err)
	}
}
