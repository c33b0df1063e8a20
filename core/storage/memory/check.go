package memory

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"tracedge/core/storage/wire"
)

// checkRead returns why a read is malformed.
func checkRead(r wire.ReadRequest) error {
	if err := checkName("partition", r.Partition); err != nil {
		return err
	}
	for _, k := range r.Keys {
		if err := checkKey(r.Partition, k); err != nil {
			return err
		}
	}
	for _, s := range r.Scans {
		if s.Limit < 1 || s.Limit > wire.MaxScan {
			return fmt.Errorf("limit %d is not within 1 and %d", s.Limit, wire.MaxScan)
		}
		if err := checkSpan(r.Partition, s.Prefix, s.After, ""); err != nil {
			return err
		}
	}
	return nil
}

// checkCommit returns why a commit is malformed.
func checkCommit(r wire.CommitRequest) error {
	if err := checkName("partition", r.Partition); err != nil {
		return err
	}
	if err := checkToken(r.Token); err != nil {
		return err
	}
	for _, kv := range r.Reads {
		if kv.Version < 0 || kv.Version > wire.MaxNumber {
			return fmt.Errorf("version %d of a read", kv.Version)
		}
		if err := checkKey(r.Partition, kv.Key); err != nil {
			return err
		}
	}
	for _, g := range r.Ranges {
		if g.Count < 0 || g.Max < 0 || g.Max > wire.MaxNumber {
			return fmt.Errorf("range of %d records up to version %d", g.Count, g.Max)
		}
		if err := checkSpan(r.Partition, g.Prefix, g.After, g.Until); err != nil {
			return err
		}
	}
	return checkWrites(r)
}

func checkWrites(r wire.CommitRequest) error {
	seen := make(map[string]struct{}, len(r.Puts)+len(r.Deletes)+len(r.Adds))
	for _, p := range r.Puts {
		if err := errors.Join(checkTarget(r.Partition, p.Key, seen), checkDoc(p.Doc), checkKept(p.Expires, p.EdgeKey)); err != nil {
			return err
		}
	}
	for _, k := range r.Deletes {
		if err := checkTarget(r.Partition, k, seen); err != nil {
			return err
		}
	}
	for _, a := range r.Adds {
		if !exact(a.N) || a.Min != nil && !exact(*a.Min) || a.Max != nil && !exact(*a.Max) {
			return fmt.Errorf("addition to %q with a number beyond %d", a.Key, wire.MaxNumber)
		}
		if err := errors.Join(checkTarget(r.Partition, a.Key, seen), checkKept(a.Expires, a.EdgeKey)); err != nil {
			return err
		}
	}
	return nil
}

// checkTarget is checkKey for a key that is written: a key written twice has no defined outcome.
func checkTarget(partition, key string, seen map[string]struct{}) error {
	if _, twice := seen[key]; twice {
		return fmt.Errorf("key %q is written twice", key)
	}
	seen[key] = struct{}{}
	return checkKey(partition, key)
}

func checkKept(expires int64, edgeKey string) error {
	if expires < 0 || expires > wire.MaxNumber {
		return fmt.Errorf("expiry %d", expires)
	}
	if edgeKey == "" {
		return nil
	}
	if edgeKey == "." || edgeKey == ".." { // KV refuses them
		return fmt.Errorf("edge key %q", edgeKey)
	}
	return checkName("edge key", edgeKey)
}

func checkDoc(doc string) error {
	if len(doc) > wire.MaxDoc {
		return fmt.Errorf("document of %d bytes, the limit is %d", len(doc), wire.MaxDoc)
	}
	if !utf8.ValidString(doc) {
		return errors.New("document is not UTF-8")
	}
	return nil
}

func refuse(err error) wire.CommitReply {
	return wire.CommitReply{Error: wire.Invalid, Message: err.Error()}
}
