// Package storagehistory keeps where the content of an item is stored outside, and which uploads are still on their way.
// It lives in the item's own partition, item/<dfid>, so that a record and whatever else follows from an upload are one
// commit there:
//
//	storage/head             when the history began and changed, and the primary location
//	storage/record/<time id> each record, in order of time
//	storage/at/<location>    the record of a location, which is unique
//	storage/newest/<type>    the newest record of an adapter type
//	storage/pending/<id>     each upload that is queued or has failed for good
//	storage/content/<id>     what an upload that is queued will store
//
// Counts of accounts, and of all, follow by rows; see Counts.
package storagehistory

import (
	"encoding/json"
	"errors"
	"strings"

	"tracedge/core/fault"
)

// Location is where content is stored. Exactly one member is set; it is the one key of its JSON.
type Location struct {
	Local    *Local
	IPFS     *IPFS
	Stellar  *Stellar
	Ethereum *Ethereum
	Arweave  *Arweave
}

// Local is the service's own storage.
type Local struct {
	ID string `json:"id"`
}

// IPFS is content on IPFS.
type IPFS struct {
	CID    string `json:"cid"`
	Pinned bool   `json:"pinned"`
}

// Stellar is a transaction on a Stellar network.
type Stellar struct {
	TransactionID   string  `json:"transaction_id"`
	ContractAddress string  `json:"contract_address"`
	AssetID         *string `json:"asset_id"`
}

// Ethereum is a transaction on an Ethereum network.
type Ethereum struct {
	TransactionHash string  `json:"transaction_hash"`
	ContractAddress string  `json:"contract_address"`
	TokenID         *string `json:"token_id"`
}

// Arweave is a transaction on Arweave.
type Arweave struct {
	TransactionID string `json:"transaction_id"`
}

// variant is the key of the JSON, the member behind it and what identifies it. Empty for a location without a member.
func (l Location) variant() (key string, member any, id string) {
	switch {
	case l.Local != nil:
		return "Local", l.Local, l.Local.ID
	case l.IPFS != nil:
		return "IPFS", l.IPFS, l.IPFS.CID
	case l.Stellar != nil:
		return "Stellar", l.Stellar, l.Stellar.TransactionID
	case l.Ethereum != nil:
		return "Ethereum", l.Ethereum, l.Ethereum.TransactionHash
	case l.Arweave != nil:
		return "Arweave", l.Arweave, l.Arweave.TransactionID
	}
	return "", nil, ""
}

// String is the text <Kind>:<id>, as in IPFS:bafy...
func (l Location) String() string {
	key, _, id := l.variant()
	return key + ":" + id
}

// Equal compares what is located: two locations of one CID are one, pinned or not.
func (l Location) Equal(other Location) bool { return l.String() == other.String() }

// CID is the content's address on IPFS, "" elsewhere.
func (l Location) CID() string {
	if l.IPFS == nil {
		return ""
	}
	return l.IPFS.CID
}

// MarshalJSON writes the one key.
func (l Location) MarshalJSON() ([]byte, error) {
	key, member, _ := l.variant()
	if member == nil {
		return nil, errors.New("storagehistory: empty location")
	}
	return json.Marshal(map[string]any{key: member})
}

// UnmarshalJSON reads the one key; members that are not known are ignored. Errors: 422.
func (l *Location) UnmarshalJSON(doc []byte) error {
	var object map[string]json.RawMessage
	if json.Unmarshal(doc, &object) != nil || len(object) != 1 {
		return fault.Invalid("", "Expected an object with one key: Local, IPFS, Stellar, Ethereum or Arweave")
	}
	*l = Location{}
	for key, text := range object {
		var into any
		switch key {
		case "Local":
			l.Local = new(Local)
			into = l.Local
		case "IPFS":
			l.IPFS = new(IPFS)
			into = l.IPFS
		case "Stellar":
			l.Stellar = new(Stellar)
			into = l.Stellar
		case "Ethereum":
			l.Ethereum = new(Ethereum)
			into = l.Ethereum
		case "Arweave":
			l.Arweave = new(Arweave)
			into = l.Arweave
		default:
			return fault.Invalid("", "Unknown value").With("provided", key).
				With("allowed", []string{"Local", "IPFS", "Stellar", "Ethereum", "Arweave"})
		}
		if !strings.HasPrefix(strings.TrimSpace(string(text)), "{") || json.Unmarshal(text, into) != nil {
			return fault.Invalid("", "A member of the location has another type")
		}
	}
	if _, _, id := l.variant(); id == "" {
		return fault.Invalid("", "The location names nothing")
	}
	return nil
}
