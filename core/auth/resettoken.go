package auth

import (
	"context"
	"time"

	"tracedge/core/accounts"
	"tracedge/core/storage"
)

// resetToken is the record user/<id>/reset/<hash>. The plaintext is 32 random bytes as 64 hex digits; it exists in the
// mail only.
type resetToken struct {
	ID            string     `json:"token_id"`
	UserID        string     `json:"user_id"`
	Hash          string     `json:"token_hash"` // BLAKE3-256 of the 32 bytes
	CreatedAt     time.Time  `json:"created_at"`
	ExpiresAt     time.Time  `json:"expires_at"`
	UsedAt        *time.Time `json:"used_at"`
	InvalidatedAt *time.Time `json:"invalidated_at"`
}

const (
	resetLife   = 30 * time.Minute
	resetMemory = time.Hour // kept after it has expired
)

func (t resetToken) usable(now time.Time) bool {
	return !now.After(t.ExpiresAt) && t.UsedAt == nil && t.InvalidatedAt == nil
}

func (t resetToken) key() storage.Key { return accounts.Partition(t.UserID).Key("reset", t.Hash) }

func (t resetToken) put(tx *storage.Tx) error {
	return tx.Put(t.key(), t, storage.Expires(t.ExpiresAt.Add(resetMemory)))
}

// invalidate ends every usable token of an account and counts those issued since a moment.
func invalidate(tx *storage.Tx, p storage.Partition, now, since time.Time) (issued int, err error) {
	page, err := tx.Scan(p.Prefix("reset"), storage.Page{Limit: 1000})
	if err != nil {
		return 0, err
	}
	for _, rec := range page.Records {
		var t resetToken
		if _, err := tx.Get(rec.Key, &t); err != nil { // the page has it
			return 0, err
		}
		if t.CreatedAt.After(since) {
			issued++
		}
		if t.usable(now) {
			t.InvalidatedAt = &now
			if err := t.put(tx); err != nil {
				return 0, err
			}
		}
	}
	return issued, nil
}

// reference is the record resettoken/<hash>/user: whose a token is.
type reference struct {
	UserID string `json:"user_id"`
}

func referencePartition(hash string) storage.Partition { return storage.In("resettoken", hash) }

func (s *Service) putReference(ctx context.Context, t resetToken) error {
	p := referencePartition(t.Hash)
	return s.store.Update(ctx, "resets_put_reference", p, func(tx *storage.Tx) error {
		return tx.Put(p.Key("user"), reference{t.UserID}, storage.Expires(t.ExpiresAt.Add(resetMemory)))
	})
}

// findToken reads a token by the hash of its plaintext, and the account that it is for: the reference, then both of them
// at the account. Without a token both are zero.
func (s *Service) findToken(ctx context.Context, hash string) (t resetToken, a accounts.Account, err error) {
	p := referencePartition(hash)
	refs, err := s.store.Read(ctx, "resets_get_reference", p, p.Key("user"))
	if err != nil {
		return t, a, err
	}
	var ref reference
	if ok, err := refs.Get(p.Key("user"), &ref); !ok || err != nil {
		return t, a, err
	}
	home := accounts.Partition(ref.UserID)
	k := resetToken{UserID: ref.UserID, Hash: hash}.key()
	got, err := s.store.Read(ctx, "resets_get_token", home, k, accounts.Key(home))
	if err != nil {
		return t, a, err
	}
	if _, err := got.Get(k, &t); err != nil {
		return t, a, err
	}
	_, err = got.Get(accounts.Key(home), &a)
	return t, a, err
}
