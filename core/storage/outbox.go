package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"tracedge/core/plainjson"
)

// Row is an outbox entry: a consequence of a commit, stored by that commit, delivered at least once, applied once. It is
// meant for another partition, or for the world outside.
type Row struct {
	Op       string          `json:"op"` // id of the update that sent it
	Number   int             `json:"n"`  // among the rows of that update
	Kind     string          `json:"kind"`
	Target   string          `json:"target,omitempty"` // partition; empty for the world outside
	Payload  json.RawMessage `json:"payload"`          // as stored: a sealed text when Sealed
	Sealed   bool            `json:"sealed,omitempty"` // the payload is encrypted at rest
	Created  time.Time       `json:"created"`
	Next     time.Time       `json:"next"` // not tried by the sweep before
	Attempts int             `json:"attempts"`
	Failed   bool            `json:"failed,omitempty"` // given up
	Reason   string          `json:"reason,omitempty"` // why the last attempt failed: generic text
	Behind   bool            `json:"behind,omitempty"` // waits for the rows of its commit that are not

	now   bool
	plain json.RawMessage // the payload in the clear, while it is being handled
}

// ID identifies the row for its target.
func (r Row) ID() string { return fmt.Sprintf("%s.%d", r.Op, r.Number) }

// Decode reads the payload into v.
func (r Row) Decode(v any) error {
	if err := json.Unmarshal(r.plain, v); err != nil {
		return asFault(&unusable{err})
	}
	return nil
}

// Handler says what becomes of the rows of one kind. Exactly one of Apply and Perform is set.
type Handler struct {
	// Apply makes the row's change in its target partition. It is part of an update there: pure, and run once.
	Apply func(*Tx, Row) error
	// Claims tells that Apply holds a claim of its target; what that needs is then fetched ahead.
	Claims bool
	// Reads names further records that Apply reads, so that they come with the first call. Those of the second result are
	// taken as absent, see AssumeAbsent: it saves that call where the row makes something new.
	Reads func(Row) (reading, absent []Key)
	// Perform carries the row to the world outside, at least once. An error is tried again with growing pauses until
	// GiveUp has passed since the row was sent; see also Postpone.
	Perform func(context.Context, Row) error
	GiveUp  time.Duration
}

// Handle registers what becomes of rows of a kind. It is called while the program is put together, before any request.
func (s *Store) Handle(kind label, h Handler) { s.handlers[string(kind)] = h }

// SendOption says how a row is sent.
type SendOption func(*Row)

// Now has the row delivered before the request is answered, as far as time allows. Other rows follow the response.
func Now() SendOption { return func(r *Row) { r.now = true } }

// Behind has the row delivered only when those rows of the same commit are that are not behind themselves. For what may
// not be seen before something else is there.
func Behind() SendOption { return func(r *Row) { r.Behind = true } }

// Secret encrypts the payload at rest. The rest of the row stays readable, so that a key which is lost blocks nothing.
func Secret() SendOption { return func(r *Row) { r.Sealed = true } }

// Send stores a row for a partition with this commit.
func (tx *Tx) Send(kind label, target Partition, payload any, opts ...SendOption) error {
	return tx.send(string(kind), target.name, payload, opts)
}

// SendOut stores a row for the world outside with this commit.
func (tx *Tx) SendOut(kind label, payload any, opts ...SendOption) error {
	return tx.send(string(kind), "", payload, opts)
}

func (tx *Tx) send(kind, target string, payload any, opts []SendOption) error {
	if _, ok := tx.store.handlers[kind]; !ok {
		return tx.fail(fmt.Errorf("storage: no handler for rows of kind %s", kind))
	}
	doc, err := plainjson.Marshal(payload)
	if err != nil {
		return tx.fail(err)
	}
	r := Row{
		Op: tx.id, Number: len(tx.rows), Kind: kind, Target: target, Payload: doc, plain: doc,
		Created: tx.now, Next: tx.now.Add(lease), // the request that sends it has the first go
	}
	for _, o := range opts {
		o(&r)
	}
	tx.rows = append(tx.rows, r)
	return nil
}

// lease is how long the sweep leaves a row to whoever is delivering it.
const lease = time.Minute

// The keys of the machinery inside a partition. None of them is replicated but the mark.
const (
	outboxArea = "outbox" // outbox/<op>/<n>: rows to deliver
	inboxArea  = "inbox"  // inbox/<row>: rows that were applied
	claimArea  = "claim"  // claim/<name>: reservations and held names
	opArea     = "op"     // op/<op>: operations decided here
	fenceArea  = "fence"  // fence/<op>: operations that may not decide here any more
	markArea   = "sweep"  // sweep/mark: there is work for the sweep
)

// Outbox is where a partition keeps the rows that it has not delivered yet, for those who look.
func Outbox(p Partition) Key { return p.Prefix(outboxArea) }

func (r Row) key(home Partition) Key {
	return home.Key(outboxArea, r.Op, fmt.Sprintf("%04d", r.Number))
}

// seal makes the payload ready to be stored.
func (r *Row) seal(s Sealer, home Partition) error {
	if !r.Sealed {
		return nil
	}
	if s == nil {
		return errNoSealer
	}
	text, err := s.Seal(r.plain, string(r.key(home)))
	if err != nil {
		return err
	}
	r.Payload, err = json.Marshal(text)
	return err
}

// erase removes a secret payload that nobody will need any more.
func (r *Row) erase() {
	if r.Sealed {
		r.Payload, r.plain, r.Sealed = json.RawMessage("null"), nil, false
	}
}

// open makes the payload of a stored row ready to be handled.
func (r *Row) open(s Sealer, home Partition) error {
	switch {
	case r.plain != nil:
		return nil
	case !r.Sealed:
		r.plain = r.Payload
		return nil
	case s == nil:
		return errNoSealer
	}
	var text string
	if err := json.Unmarshal(r.Payload, &text); err != nil {
		return asFault(&unusable{err})
	}
	plain, err := s.Open(text, string(r.key(home)))
	if err != nil {
		return asFault(&unusable{err})
	}
	r.plain = plain
	return nil
}

// Postpone has Perform tried again at a later time without counting as a failed attempt: something is not there yet.
func Postpone(until time.Time, reason string) error { return &postponed{until, reason} }

type postponed struct {
	until  time.Time
	reason string
}

func (e *postponed) Error() string { return e.reason }
