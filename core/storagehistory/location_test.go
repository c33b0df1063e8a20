package storagehistory_test

import (
	"encoding/json"
	"testing"

	"tracedge/core/fault"
	"tracedge/core/storagehistory"
)

func TestLocationJSON(t *testing.T) {
	for _, doc := range []string{
		`{"Local":{"id":"x"}}`, `{"IPFS":{"cid":"bafy","pinned":true}}`,
		`{"Stellar":{"transaction_id":"t","contract_address":"c","asset_id":null}}`,
		`{"Ethereum":{"transaction_hash":"t","contract_address":"c","token_id":"1"}}`, `{"Arweave":{"transaction_id":"t"}}`,
	} {
		var l storagehistory.Location
		if err := json.Unmarshal([]byte(doc), &l); err != nil {
			t.Fatal(doc, err)
		}
		if out, err := json.Marshal(l); err != nil || string(out) != doc {
			t.Errorf("%s became %s, %v", doc, out, err)
		}
	}
	for _, doc := range []string{
		`{}`, `{"IPFS":{"cid":"a"},"Local":{"id":"b"}}`, `{"Disk":{"id":"x"}}`, `{"IPFS":"a"}`, `{"IPFS":null}`, `{"IPFS":{"cid":1}}`, `{"IPFS":{}}`, `"IPFS"`,
	} {
		var l storagehistory.Location
		if err := l.UnmarshalJSON([]byte(doc)); fault.KindOf(err) != fault.Validation {
			t.Errorf("%s: %v", doc, err)
		}
	}
	a, b := storagehistory.Location{IPFS: &storagehistory.IPFS{CID: "bafy"}}, storagehistory.Location{IPFS: &storagehistory.IPFS{CID: "bafy", Pinned: true}}
	if !a.Equal(b) || a.String() != "IPFS:bafy" || a.CID() != "bafy" {
		t.Error(a)
	}
}
