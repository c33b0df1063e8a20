// Package adaptertype names the kinds of storage adapters: where the bytes of an item and of its events are kept outside
// the service.
package adaptertype

// Type is an adapter type in its wire form.
type Type string

// The types that tiers offer.
const (
	IPFS           Type = "ipfs-ipfs"
	StellarTestnet Type = "stellar_testnet-ipfs"
	StellarMainnet Type = "stellar_mainnet-ipfs"
	EthereumGoerli Type = "ethereum_goerli-ipfs"
	PolygonArweave Type = "polygon-arweave"
)
