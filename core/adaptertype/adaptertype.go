// Package adaptertype names the kinds of storage adapters: where the bytes of an item and of its events are kept outside
// the service.
package adaptertype

import (
	"fmt"
	"strings"
)

// Type is an adapter type in its wire form.
type Type string

// The types that the contract names. There are also custom ones, custom-<name>.
const (
	None           Type = "none"
	IPFS           Type = "ipfs-ipfs"
	StellarTestnet Type = "stellar_testnet-ipfs"
	StellarMainnet Type = "stellar_mainnet-ipfs"
	EthereumGoerli Type = "ethereum_goerli-ipfs"
	PolygonArweave Type = "polygon-arweave"
)

const customPrefix = "custom-"

// Traits are what is fixed for a type.
type Traits struct {
	Description        string
	RequiresBlockchain bool
	ItemStorage        string // StorageBackendType
	EventStorage       string
}

// Parse reads a type in any of its accepted spellings, white space around it ignored.
func Parse(text string) (Type, bool) {
	text = strings.TrimSpace(text)
	switch text {
	case "none", "None":
		return None, true
	case "ipfs-ipfs", "IpfsIpfs":
		return IPFS, true
	case "stellar_testnet-ipfs", "StellarTestnetIpfs":
		return StellarTestnet, true
	case "stellar_mainnet-ipfs", "StellarMainnetIpfs":
		return StellarMainnet, true
	case "ethereum_goerli-ipfs", "EthereumGoerliIpfs":
		return EthereumGoerli, true
	case "polygon-arweave", "PolygonArweave":
		return PolygonArweave, true
	}
	if name, ok := strings.CutPrefix(text, customPrefix); ok && name != "" && len(text) <= 64 {
		return Type(text), true
	}
	return "", false
}

// UnmarshalText reads a type in any of its accepted spellings.
func (t *Type) UnmarshalText(text []byte) error {
	parsed, ok := Parse(string(text))
	if !ok {
		return fmt.Errorf("adaptertype: unknown type")
	}
	*t = parsed
	return nil
}

// Allowed are the values that a refusal shows.
func (Type) Allowed() []string {
	return []string{
		string(None), string(IPFS), string(StellarTestnet), string(StellarMainnet), string(EthereumGoerli),
		string(PolygonArweave), customPrefix + "<name>",
	}
}

// Premium reports whether an upload through the type counts as premium use.
func (t Type) Premium() bool {
	return t == StellarMainnet || t == EthereumGoerli || t == PolygonArweave
}

// Traits tells what is fixed for the type.
func (t Type) Traits() Traits {
	switch t {
	case None:
		return Traits{"No adapter: data stays in the service", false, "Local", "Local"}
	case IPFS:
		return Traits{"Items and events on IPFS", false, "IPFS", "IPFS"}
	case StellarTestnet:
		return Traits{"Items on the Stellar test network, events on IPFS", true, "StellarTestnet", "IPFS"}
	case StellarMainnet:
		return Traits{"Items on the Stellar main network, events on IPFS", true, "StellarMainnet", "IPFS"}
	case EthereumGoerli:
		return Traits{"Items on the Ethereum Goerli network, events on IPFS", true, "EthereumGoerli", "IPFS"}
	case PolygonArweave:
		return Traits{"Items on Polygon, events on Arweave", true, "Polygon", "Arweave"}
	default:
		return Traits{"Custom adapter", true, "Custom", "Custom"}
	}
}
