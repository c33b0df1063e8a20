package circuititems

import (
	"context"
	"sort"

	"tracedge/core/canon"
	"tracedge/core/digest"
	"tracedge/core/identifier"
	"tracedge/core/items"
	"tracedge/core/storage"
)

// The partition fingerprint/<circuit id>/<hash> holds
//
//	holder        the dfid of the item that was made with the fingerprint
//	claim/mint    the claim of an operation that is about to make one

// fingerprint is the hash of what an owner pushes into a circuit (items, section 8): it has no time and no local id.
func fingerprint(circuitID, owner string, list []identifier.Identifier) string {
	texts := make([]string, len(list))
	for n, i := range list {
		texts[n] = canon.Array([]canon.Value{canon.Text(i.Namespace), canon.Text(i.Key), canon.Text(i.Value)}).String()
	}
	sort.Strings(texts)
	text := `[` + canon.Text(circuitID).String() + `,` + canon.Text(owner).String() + `,[`
	for n, t := range texts {
		switch {
		case n > 0 && t == texts[n-1]:
			continue
		case n > 0:
			text += ","
		}
		text += t
	}
	return digest.OfText(text + `]]`)
}

func fingerprintHome(circuitID, hash string) storage.Partition {
	return storage.In("fingerprint", circuitID, hash)
}

const mintClaim = "mint"

// fingerprinted is the item that holds a fingerprint, "" for none.
func (s *Service) fingerprinted(ctx context.Context, p storage.Partition) (dfid string, err error) {
	found, err := s.store.Read(ctx, "fingerprints_find_claim", p, p.Key("holder"))
	if err == nil {
		_, err = found.Get(p.Key("holder"), &dfid)
	}
	return dfid, err
}

// reserveFingerprint reserves a fingerprint whose holder is the one that was seen. Errors: items.ErrAgain for another one.
func reserveFingerprint(ctx context.Context, op *storage.Operation, p storage.Partition, dfid, seen string) error {
	k := p.Key("holder")
	return op.ClaimIf(ctx, "fingerprints_reserve_claim", p, mintClaim, dfid, func(tx *storage.Tx) error {
		var holder string
		if _, err := tx.Get(k, &holder); err != nil {
			return err
		}
		if holder != seen {
			return items.ErrAgain
		}
		return nil
	}, storage.Reading(k))
}

func applyFingerprint(tx *storage.Tx, r storage.Row) error {
	var dfid string
	if err := r.Decode(&dfid); err != nil {
		return err
	}
	if err := tx.Spend(mintClaim, r.Op); err != nil {
		return err
	}
	return tx.Put(tx.Partition().Key("holder"), dfid)
}
