package keys

import (
	"context"

	"tracedge/core/accounts"
	"tracedge/core/audit"
	"tracedge/core/fault"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// reference is the record user/<id>/apikey/<key id>: where a key lives.
type reference struct {
	Hash  string `json:"key_hash"`
	Entry string `json:"entry"` // the end of its entry's key
}

// entry is the record user/<id>/apikeylist/<time>-<key id>, in order of creation.
type entry struct {
	Hash     string `json:"key_hash"`
	Inactive bool   `json:"inactive"` // a note: the key's own partition decides
	Revision int64  `json:"revision"` // of the key that the note is from
}

func referenceKey(p storage.Partition, id string) storage.Key { return p.Key("apikey", id) }
func entryPrefix(p storage.Partition) storage.Key             { return p.Prefix("apikeylist") }
func entryKey(p storage.Partition, end string) storage.Key    { return p.Key("apikeylist", end) }

// entryEnd is how a key's entry sorts.
func entryEnd(k Key) string { return storage.TimeID(k.CreatedAt, k.ID) }

// own finds the caller's key that the path names. Errors: 404, for a key of another account too.
func (s *Service) own(c *web.Call) (*found, error) {
	id, err := c.PathUUID("key_id")
	if err != nil {
		return nil, err
	}
	ctx, p := c.Context(), accounts.Partition(c.Caller().UserID)
	snapshot, err := s.store.Read(ctx, "keys_find_reference", p, referenceKey(p, id))
	if err != nil {
		return nil, err
	}
	var r reference
	if ok, err := snapshot.Get(referenceKey(p, id), &r); err != nil {
		return nil, err
	} else if !ok {
		return nil, noKey()
	}
	f, err := s.fetch(ctx, r.Hash)
	if err == nil && f == nil {
		err = noKey()
	}
	return f, err
}

func (s *Service) fetch(ctx context.Context, hash string) (*found, error) {
	return s.load(ctx, hash, func(p storage.Partition, k ...storage.Key) (storage.Snapshot, error) {
		return s.store.Read(ctx, "keys_get_key", p, k...)
	})
}

func noKey() error { return fault.NotFound("API key not found") }

// note is the row that brings a change of a key to its owner: the audit event, and what the list says of it.
type note struct {
	KeyID    string      `json:"key_id"`
	Entry    string      `json:"entry"`
	Inactive bool        `json:"inactive"`
	Revision int64       `json:"revision"`
	Deleted  bool        `json:"deleted"`
	Event    audit.Event `json:"event"`
}

// noteChange applies notes in any order: a late one changes nothing that a later change has said, and brings no entry
// back.
func noteChange(tx *storage.Tx, r storage.Row) error {
	var n note
	if err := r.Decode(&n); err != nil {
		return err
	}
	p := tx.Partition()
	audit.Put(tx, p, n.Event)
	k := entryKey(p, n.Entry)
	if n.Deleted {
		tx.Delete(referenceKey(p, n.KeyID))
		return tx.Delete(k)
	}
	var e entry
	if ok, err := tx.Get(k, &e); err != nil || !ok || e.Revision >= n.Revision {
		return err
	}
	e.Inactive, e.Revision = n.Inactive, n.Revision
	return tx.Put(k, e)
}

// event is the audit event of what a call does to a key.
func event(c *web.Call, action, keyID string) audit.Event {
	return audit.Event{
		ID: c.StableID("event"), Type: "Security", Action: action, Resource: "api_key", Outcome: audit.Success,
		Severity: "Medium", UserID: c.Caller().UserID, SubjectID: keyID, Time: c.Now(),
	}
}

// mayGrant refuses what only admins may give. The account is read fresh. Errors: 403 insufficient_permissions,
// organization_type_not_allowed.
func (s *Service) mayGrant(c *web.Call, p *Permissions, o Organization) error {
	admin := p != nil && p.Admin
	official := o == AdminOrganization || o == Government
	if !admin && !official {
		return nil
	}
	a, err := s.accounts.Get(c.Context(), c.Caller().UserID)
	switch {
	case err != nil:
		return err
	case a == nil:
		return fault.Unauthorized("Account does not exist")
	case a.Admin:
		return nil
	case admin:
		return fault.Forbidden("Only an admin may give the admin permission").WithCode("insufficient_permissions")
	default:
		return fault.Forbidden("Only an admin may give this organization type").WithCode("organization_type_not_allowed")
	}
}
