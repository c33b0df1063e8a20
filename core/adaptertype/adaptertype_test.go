package adaptertype_test

import (
	"encoding/json"
	"strings"
	"testing"

	"tracedge/core/adaptertype"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]adaptertype.Type{
		"none": "none", "None": "none", " ipfs-ipfs\n": "ipfs-ipfs", "IpfsIpfs": "ipfs-ipfs",
		"StellarTestnetIpfs": "stellar_testnet-ipfs", "stellar_mainnet-ipfs": "stellar_mainnet-ipfs",
		"EthereumGoerliIpfs": "ethereum_goerli-ipfs", "PolygonArweave": "polygon-arweave",
		"custom-Farm 1": "", "custom-farm_1": "custom-farm_1", "custom-": "", "custom-a\x00": "",
		"custom-" + strings.Repeat("x", 65): "", "IPFS-IPFS": "", "ipfsIpfs": "", "": "", "Custom-a": "",
	} {
		got, ok := adaptertype.Parse(text)
		if got != want || ok != (want != "") {
			t.Errorf("Parse(%q) = %q, %t", text, got, ok)
		}
	}
}

func TestJSON(t *testing.T) {
	var got adaptertype.Type
	if err := json.Unmarshal([]byte(`"PolygonArweave"`), &got); err != nil || got != adaptertype.PolygonArweave {
		t.Errorf("%q, %v", got, err)
	}
	out, err := json.Marshal(got)
	if err != nil || string(out) != `"polygon-arweave"` {
		t.Errorf("%s, %v", out, err)
	}
	if adaptertype.IPFS.Pascal() != "IpfsIpfs" || adaptertype.Type("custom-a").Pascal() != "custom-a" {
		t.Error("Pascal")
	}
}
