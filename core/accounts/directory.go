package accounts

import (
	"context"
	"encoding/json"

	"tracedge/core/storage"
)

// Directory finds, reads and makes accounts.
type Directory struct {
	store *storage.Store
	edge  storage.Memo[Account] // of replicas: most requests begin with one
}

// NewDirectory returns the directory over a store and registers what its outbox rows do.
func NewDirectory(s *storage.Store) *Directory {
	s.Handle("accounts_hold_username", storage.Handler{Claims: true, Apply: holdUsername})
	s.Handle("accounts_hold_email", storage.Handler{Claims: true, Apply: holdName})
	s.Handle("accounts_hold_bootstrap", storage.Handler{Claims: true, Apply: holdName})
	s.Handle("accounts_copy_credential", storage.Handler{Apply: copyCredential})
	s.Handle("accounts_add_workspace", storage.Handler{Apply: addWorkspace})
	s.Handle("accounts_index_user", storage.Handler{Apply: indexUser, Reads: indexReads})
	s.Handle("accounts_index_login", storage.Handler{Apply: indexLogin})
	s.Handle("credits_report_totals", storage.Handler{Perform: reporter{s}.report})
	return &Directory{store: s}
}

// Loaded is an account with the records beside it, all of one moment.
type Loaded struct {
	Account
	Credential Credential
	Balance    Balance
	Login      *Login // nil when it never logged in
}

// Get reads an account from the sequencer; nil when there is none.
func (d *Directory) Get(ctx context.Context, userID string) (*Loaded, error) {
	p := Partition(userID)
	found, err := d.store.Read(ctx, "accounts_get_user", p, Key(p), credentialKey(p), balanceKey(p), loginKey(p))
	if err != nil {
		return nil, err
	}
	var l Loaded
	if ok, err := found.Get(Key(p), &l.Account); !ok || err != nil {
		return nil, err
	}
	if _, err := found.Get(credentialKey(p), &l.Credential); err != nil {
		return nil, err
	}
	if _, err := found.Get(balanceKey(p), &l.Balance); err != nil {
		return nil, err
	}
	var login Login
	if ok, err := found.Get(loginKey(p), &login); err != nil {
		return nil, err
	} else if ok {
		l.Login = &login
	}
	return &l, nil
}

// GetEdge reads an account from the replica, up to a minute old; nil when the replica shows none, which may be as old. It
// is shared with other callers and must not be changed.
func (d *Directory) GetEdge(ctx context.Context, userID string) (*Account, error) {
	k := Key(Partition(userID))
	found, err := d.store.ReadEdge(ctx, "accounts_get_user_edge", k)
	if err != nil {
		return nil, err
	}
	r, ok := found.Record(k)
	if !ok {
		return nil, nil
	}
	return d.edge.Decode(r)
}

// FindByUsername returns the id of the account that owns a username, "" when there is none.
func (d *Directory) FindByUsername(ctx context.Context, name string) (string, error) {
	p := UsernamePartition(name)
	return d.ownerOf(ctx, p, func(k storage.Key) (storage.Snapshot, error) {
		return d.store.Read(ctx, "accounts_find_user_by_name", p, k)
	})
}

// FindByEmail returns the id of the account that owns an e-mail address, "" when there is none.
func (d *Directory) FindByEmail(ctx context.Context, address string) (string, error) {
	p := EmailPartition(address)
	return d.ownerOf(ctx, p, func(k storage.Key) (storage.Snapshot, error) {
		return d.store.Read(ctx, "accounts_find_user_by_email", p, k)
	})
}

func (d *Directory) ownerOf(ctx context.Context, p storage.Partition, read func(storage.Key) (storage.Snapshot, error)) (string, error) {
	for {
		found, err := read(storage.ClaimKey(p, ownerClaim))
		if err != nil {
			return "", err
		}
		if id, again, err := d.owner(ctx, p, found); !again || err != nil {
			return id, err
		}
	}
}

// owner tells whose a name is. A reservation is asked about at its home: decided, it is as good as held (then the name is
// read again); on its way or lapsed, the name has no owner yet.
func (d *Directory) owner(ctx context.Context, p storage.Partition, found storage.Snapshot) (id string, again bool, err error) {
	var c storage.Claim
	if ok, err := found.Get(storage.ClaimKey(p, ownerClaim), &c); !ok || err != nil {
		return "", false, err
	}
	if !c.Held {
		settled, err := d.store.Resolve(ctx, p, c)
		return "", settled, err
	}
	var o owner
	err = json.Unmarshal(c.Value, &o)
	return o.UserID, false, err
}

// Bootstrapped reports whether the first admin has been created.
func (d *Directory) Bootstrapped(ctx context.Context) (bool, error) {
	p := bootstrapPartition()
	id, err := d.ownerOf(ctx, p, func(k storage.Key) (storage.Snapshot, error) {
		return d.store.Read(ctx, "accounts_find_bootstrap", p, k)
	})
	return id != "", err
}
