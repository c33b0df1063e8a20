package storage_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tracedge/core/after"
	"tracedge/core/fault"
	"tracedge/core/storage"
)

// The saga under test claims a name and an address for an account, as a registration does, and tells a ledger.

func name(n string) storage.Partition     { return storage.In("name", n) }
func account(id string) storage.Partition { return storage.In("account", id) }

var ledger = storage.In("ledger", "1")

// join adds the handlers of the saga's rows to a process.
func (p *process) join() *process {
	hold := func(tx *storage.Tx, r storage.Row) error {
		if err := tx.Hold("owner", r.Op); err != nil {
			return err
		}
		return tx.Put(storage.In("name", strings.TrimPrefix(r.Target, "name/")).Key("holder"), r.Op)
	}
	p.Handle("test_hold_name", storage.Handler{Claims: true, Apply: hold})
	p.Handle("test_note_account", storage.Handler{Apply: func(tx *storage.Tx, r storage.Row) error {
		return tx.Add(ledger.Key("accounts"), 1, storage.Bounds{}, nil)
	}})
	return p
}

// register runs the saga as a request does: what follows the response runs too, unless the process died.
func (p *process) register(ctx context.Context, id string, names ...string) error {
	var group after.Group
	ctx = after.With(ctx, &group)
	err := p.saga(ctx, id, names)
	group.Run(func(context.Context, string, error) {})
	return err
}

func (p *process) saga(ctx context.Context, id string, names []string) (err error) {
	op := p.Begin(account(id))
	defer func() {
		if err != nil {
			err = errors.Join(err, op.Release(ctx, "test_release_names"))
		}
	}()
	for _, n := range names {
		if err := op.Claim(ctx, "test_claim_name", name(n), "owner", id); err != nil {
			return err
		}
	}
	return op.Decide(ctx, "test_create_account", func(tx *storage.Tx) error {
		tx.Put(account(id).Key("account"), names)
		for _, n := range names {
			tx.Send("test_hold_name", name(n), nil, storage.Now())
		}
		return tx.Send("test_note_account", ledger, nil)
	})
}

func TestOperation(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	p := w.process().join()
	if err := p.register(ctx, "u1", "ana", "ana@farm"); err != nil {
		t.Fatal(err)
	}
	var held *storage.HeldError
	if err := p.register(ctx, "u2", "bob", "ana@farm"); !errors.As(err, &held) {
		t.Fatalf("second owner: %v", err)
	}
	if err := p.register(ctx, "u3", "bob", "bob@farm"); err != nil {
		t.Fatalf("the name that the failed operation had claimed is not free: %v", err)
	}
	w.settled(t, p, map[string]string{"ana": "u1", "ana@farm": "u1", "bob": "u3", "bob@farm": "u3"})
}

// settled checks the end state: each name has its owner, the ledger counts each account once, and nobody owes anything.
func (w *world) settled(t *testing.T, p *process, owners map[string]string) {
	t.Helper()
	accounts := map[string]bool{}
	for n, id := range owners {
		got := w.dump(t, name(n))
		c := got["name/"+strings.ReplaceAll(n, "@", "@")+"/claim/owner"]
		if !strings.Contains(c, `"held":true`) || !strings.Contains(c, fmt.Sprintf("%q", "account/"+id)) {
			t.Errorf("claim of %s = %s, want held by %s", n, c, id)
		}
		accounts[id] = true
		w.owesNothing(t, name(n))
		w.owesNothing(t, account(id))
	}
	if got := w.dump(t, ledger)["ledger/1/accounts"]; got != fmt.Sprint(len(accounts)) {
		t.Errorf("ledger counts %s accounts, want %d", got, len(accounts))
	}
}

func (w *world) owesNothing(t *testing.T, p storage.Partition) {
	t.Helper()
	for k, d := range w.dump(t, p) {
		if strings.Contains(k, "/outbox/") || strings.HasSuffix(k, "/sweep/mark") || strings.Contains(d, `"held":false`) {
			t.Errorf("%s is left: %s", k, d)
		}
	}
}

// TestCrashAtEveryStep kills the process at every call of the sequencer, once before and once after the call has taken
// effect. A second user then wants the same names, at once and after the reservations have lapsed.
func TestCrashAtEveryStep(t *testing.T) {
	steps := dryRun(t)
	t.Logf("%d calls in an undisturbed run", steps)
	for step := 1; step <= steps; step++ {
		for _, how := range []disturbance{undone, unheard} {
			for _, wait := range []time.Duration{0, 2 * time.Minute} {
				t.Run(fmt.Sprintf("step=%d/applied=%t/wait=%s", step, how == unheard, wait), func(t *testing.T) {
					crash(t, step, how, wait)
				})
			}
		}
	}
}

func dryRun(t *testing.T) int {
	w := newWorld()
	ctx, _ := w.traced(t)
	p := w.process().join()
	if err := p.register(ctx, "u1", "ana", "ana@farm"); err != nil {
		t.Fatal(err)
	}
	return p.calls
}

func crash(t *testing.T, step int, how disturbance, wait time.Duration) {
	w := newWorld()
	ctx, _ := w.traced(t)
	dead := w.process().join()
	dead.disturb = func(n int, _ bool) disturbance {
		switch {
		case n < step:
			return fine
		case n == step:
			return how
		default:
			return undone // a dead process reaches nothing
		}
	}
	first := dead.register(ctx, "u1", "ana", "ana@farm")
	_, decided := w.dump(t, account("u1"))["account/u1/account"]
	if first == nil && !decided {
		t.Fatal("acknowledged and not there")
	}

	w.pass(wait)
	other := w.process().join()
	second := other.register(ctx, "u2", "ana", "ana@farm")
	var held *storage.HeldError
	switch {
	case second == nil && decided:
		t.Fatal("two owners")
	case second == nil, errors.As(second, &held) && decided:
	case fault.KindOf(second) == fault.LockTimeout && wait == 0 && !decided:
		// The dead one's reservation is live; it must not stay so.
		w.pass(2 * time.Minute)
		if err := other.register(ctx, "u2", "ana", "ana@farm"); err != nil {
			t.Fatalf("still blocked after the reservation's life: %v", err)
		}
	default:
		t.Fatalf("second: %v (first decided: %t)", second, decided)
	}

	// The sweep brings everything to rest.
	for range 5 {
		w.pass(2 * time.Minute)
		if _, err := other.Sweep(ctx, 100); err != nil {
			t.Fatal(err)
		}
	}
	owner := "u2"
	if decided {
		owner = "u1"
	}
	w.settled(t, other, map[string]string{"ana": owner, "ana@farm": owner})
	w.owesNothing(t, account("u1"))
}

func TestSlowOperationFindsAFence(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	slow, quick := w.process().join(), w.process().join()
	op := slow.Begin(account("u1"))
	if err := op.Claim(ctx, "test_claim_name", name("ana"), "owner", "u1"); err != nil {
		t.Fatal(err)
	}
	w.pass(61 * time.Second)
	if err := quick.register(ctx, "u2", "ana"); err != nil {
		t.Fatalf("takeover: %v", err)
	}
	err := op.Decide(ctx, "test_create_account", func(tx *storage.Tx) error {
		return tx.Put(account("u1").Key("account"), "late")
	})
	if !errors.Is(err, storage.ErrFenced) {
		t.Fatalf("the slow one decided: %v", err)
	}
	w.settled(t, quick, map[string]string{"ana": "u2"})
}

func TestDecisionHappensOnce(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	p := w.process().join()
	op := p.Begin(account("u1"))
	runs := 0
	for range 3 {
		if err := op.Decide(ctx, "test_create_account", func(tx *storage.Tx) error {
			runs++
			return tx.Add(account("u1").Key("n"), 1, storage.Bounds{}, nil)
		}); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.dump(t, account("u1"))["account/u1/n"]; got != "1" {
		t.Fatalf("applied %s times", got)
	}
}

func TestPerformIsRetriedAndGivenUp(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	p := w.process()
	tries := 0
	p.Handle("test_call_out", storage.Handler{GiveUp: time.Hour, Perform: func(context.Context, storage.Row) error {
		tries++
		return errors.New("down")
	}})
	if err := p.Update(ctx, "test_send_out", box, func(tx *storage.Tx) error {
		return tx.SendOut("test_call_out", "hush-hush", storage.Secret())
	}); err != nil {
		t.Fatal(err)
	}
	if raw := mustJSON(t, w.dump(t, box)); strings.Contains(raw, "hush") {
		t.Fatalf("a secret row is stored in the clear: %s", raw)
	}
	for range 100 {
		w.pass(2 * time.Minute)
		if _, err := p.Sweep(ctx, 10); err != nil {
			t.Fatal(err)
		}
	}
	if tries < 6 || tries > 12 {
		t.Fatalf("tried %d times in its hour", tries)
	}
	for k := range w.dump(t, box) {
		if strings.HasSuffix(k, "/sweep/mark") {
			t.Fatal("a row that was given up still asks for the sweep")
		}
	}
}

// A row whose key is lost must not keep the partition's other work from being done.
func TestRowThatCannotBeOpenedBlocksNothing(t *testing.T) {
	w := newWorld()
	ctx, _ := w.traced(t)
	p := w.process().join()
	p.Handle("test_call_out", storage.Handler{GiveUp: time.Hour, Perform: func(context.Context, storage.Row) error {
		return errors.New("down")
	}})
	if err := p.Update(ctx, "test_send_out", account("u1"), func(tx *storage.Tx) error {
		return tx.SendOut("test_call_out", "hush-hush", storage.Secret())
	}); err != nil {
		t.Fatal(err)
	}
	rotated := w.process()
	rotated.Store = storage.New(storage.Options{
		Sequencer: rotated, Edge: w.backend.Edge(), Logger: w, Clock: w.clock, Random: rand.Reader, Sealer: noKey{},
	})
	rotated.join()
	rotated.Handle("test_call_out", storage.Handler{GiveUp: time.Hour, Perform: func(context.Context, storage.Row) error {
		t.Error("performed without its payload")
		return nil
	}})
	if err := rotated.register(ctx, "u1", "ana"); err != nil {
		t.Fatal(err)
	}
	for range 50 {
		w.pass(2 * time.Minute)
		if _, err := rotated.Sweep(ctx, 10); err != nil {
			t.Fatal(err)
		}
	}
	for k, d := range w.dump(t, account("u1")) {
		if strings.Contains(k, "/outbox/") && !strings.Contains(d, `"failed":true`) {
			t.Errorf("%s is left: %s", k, d)
		}
	}
}

// noKey opens nothing.
type noKey struct{ hexSealer }

func (noKey) Open(string, string) ([]byte, error) { return nil, errOtherRecord }
