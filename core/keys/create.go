package keys

import (
	"context"
	"errors"

	"tracedge/core/accounts"
	"tracedge/core/audit"
	"tracedge/core/digest"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// createReply shows the text of a key, this once.
type createReply struct {
	Text     string   `json:"api_key" doc:"Shown this once"`
	Metadata metadata `json:"metadata"`
	Warning  string   `json:"warning"`
}

const warning = "Keep this key now: it is not stored and cannot be shown again."

func (s *Service) create(c *web.Call) (any, error) {
	req, err := web.Body[createRequest](c)
	if err != nil {
		return nil, err
	}
	if err := req.check(); err != nil {
		return nil, err
	}
	if err := s.mayGrant(c, req.Permissions, req.Organization); err != nil {
		return nil, err
	}
	text, err := draw(s.random)
	if err != nil {
		return nil, err
	}
	k := req.key(c.StableID("key"), c.Caller().UserID, c.Now())
	k.Prefix, k.Hash = text[:prefixLen], digest.OfText(text)
	reply := createReply{text, (&found{Key: k}).metadata(), warning}
	rendered, err := c.Idempotency().Render(reply)
	if err != nil {
		return nil, err
	}
	kept := idem.Prepare(c.Idempotency(), rendered, c.Now())
	e := event(c, "api_key_create", k.ID)
	err = s.put(c.Context(), k, e, kept)
	if errors.Is(err, storage.ErrFenced) { // too slow: the reservation was taken away, so take it again
		err = s.put(c.Context(), k, e, kept)
	}
	if err != nil {
		return nil, err
	}
	c.Idempotency().Settle()
	return reply, nil
}

// put stores a new key. In order, each step one commit:
//
//  1. claim apikey/<hash>: nothing but a reservation
//  2. decide in user/<id>: reference, entry of the list, audit event, the response under the request's idempotency key,
//     and the row of step 3
//  3. now: hold apikey/<hash> with the key itself
//
// A crash before 2 leaves a reservation, which lapses; nobody has the key's text. A crash after 2 leaves the row, which
// the sweep delivers; whoever comes with the key, or asks for it, meets the reservation and delivers the row first, so
// the key works at once. With an idempotency key a repeat gets the text from step 2.
func (s *Service) put(ctx context.Context, k Key, e audit.Event, kept idem.Kept) (err error) {
	owner, home := accounts.Partition(k.UserID), Partition(k.Hash)
	op := s.store.Begin(owner)
	defer func() {
		if err != nil {
			err = errors.Join(err, op.Release(ctx, "keys_release_key"))
		}
	}()
	if err := op.Claim(ctx, "keys_claim_key", home, keyClaim, k.ID); err != nil {
		return err
	}
	ref := referenceKey(owner, k.ID)
	return op.Decide(ctx, "keys_create_key", func(tx *storage.Tx) error {
		if exists, err := tx.Exists(ref); err != nil {
			return err
		} else if exists { // under an idempotency key: another run of the request was not dead, only slow
			return fault.Conflict("", "The request has been processed meanwhile")
		}
		end := entryEnd(k)
		tx.Put(ref, reference{k.Hash, end})
		tx.Put(entryKey(owner, end), entry{Hash: k.Hash, Revision: k.Revision})
		audit.Put(tx, owner, e)
		tx.Send("keys_hold_key", home, k, storage.Now())
		return kept.Put(tx)
	}, storage.AssumeAbsent(ref))
}

// holdKey is step 3.
func holdKey(tx *storage.Tx, r storage.Row) error {
	var k Key
	if err := r.Decode(&k); err != nil {
		return err
	}
	if err := tx.Hold(keyClaim, r.Op); err != nil {
		return err
	}
	return tx.Put(keyKey(tx.Partition()), k)
}
