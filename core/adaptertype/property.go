package adaptertype

import "slices"

// Backend is where bytes are kept: a StorageBackendType of the contract.
type Backend string

// The back ends.
const (
	Local           Backend = "Local"
	OnIPFS          Backend = "IPFS"
	OnStellarTest   Backend = "StellarTestnet"
	OnStellarMain   Backend = "StellarMainnet"
	OnEthereumGorli Backend = "EthereumGoerli"
	OnPolygon       Backend = "Polygon"
	OnArweave       Backend = "Arweave"
	Custom          Backend = "Custom"
)

// Properties are what clients are told about a type.
type Properties struct {
	Items, Events Backend
	Blockchain    bool // needs an account on a ledger
	Description   string
}

type kind struct {
	Type  Type
	Alias string // also accepted
	Properties
}

// known are the types of the contract but for the custom ones.
var known = []kind{
	{None, "None", Properties{Local, Local, false, "No adapter: items and events stay in the service's own storage"}},
	{IPFS, "IpfsIpfs", Properties{OnIPFS, OnIPFS, false, "Items and events on IPFS, addressed by their content"}},
	{StellarTestnet, "StellarTestnetIpfs", Properties{OnStellarTest, OnIPFS, true, "Items on the Stellar test network, events on IPFS"}},
	{StellarMainnet, "StellarMainnetIpfs", Properties{OnStellarMain, OnIPFS, true, "Items on the Stellar network, events on IPFS"}},
	{EthereumGoerli, "EthereumGoerliIpfs", Properties{OnEthereumGorli, OnIPFS, true, "Items on the Ethereum test network Goerli, events on IPFS"}},
	{PolygonArweave, "PolygonArweave", Properties{OnPolygon, OnArweave, true, "Items on Polygon, events on Arweave"}},
}

// Properties are those of the type; a name that no row of the contract has counts as custom.
func (t Type) Properties() Properties {
	if i := slices.IndexFunc(known, func(k kind) bool { return k.Type == t }); i >= 0 {
		return known[i].Properties
	}
	return Properties{Custom, Custom, true, "An adapter of this deployment"}
}

// Premium tells whether uploads to the type are charged as premium_adapter_usage.
func (t Type) Premium() bool {
	return t == StellarMainnet || t == EthereumGoerli || t == PolygonArweave
}
