// Package adaptertype names the kinds of storage adapters: where the bytes of an item and of its events are kept outside
// the service.
package adaptertype

import (
	"errors"
	"slices"
	"strings"
	"unicode"
)

// Type is an adapter type in its wire form. In bodies and queries it takes the other spellings of the contract too.
type Type string

// The types. None means no adapter.
const (
	None           Type = "none"
	IPFS           Type = "ipfs-ipfs"
	StellarTestnet Type = "stellar_testnet-ipfs"
	StellarMainnet Type = "stellar_mainnet-ipfs"
	EthereumGoerli Type = "ethereum_goerli-ipfs"
	PolygonArweave Type = "polygon-arweave"
)

// customPrefix begins the types that a deployment names itself; the rest is their name.
const (
	customPrefix  = "custom-"
	maxCustomName = 64 // bytes
)

// Parse reads a type in one of its spellings, with white space around it. The case counts.
func Parse(text string) (Type, bool) {
	text = strings.TrimSpace(text)
	for _, k := range known {
		if text == string(k.Type) || text == k.Alias {
			return k.Type, true
		}
	}
	name, custom := strings.CutPrefix(text, customPrefix)
	if custom && name != "" && len(name) <= maxCustomName && !strings.ContainsFunc(name, notInName) {
		return Type(text), true
	}
	return "", false
}

func notInName(r rune) bool {
	return unicode.IsControl(r) || unicode.IsSpace(r) || r == unicode.ReplacementChar
}

// UnmarshalText is Parse.
func (t *Type) UnmarshalText(text []byte) error {
	parsed, ok := Parse(string(text))
	if !ok {
		return errors.New("adaptertype: unknown type")
	}
	*t = parsed
	return nil
}

// Allowed are the values of a type.
func (Type) Allowed() []string {
	var out []string
	for _, k := range known {
		out = append(out, string(k.Type))
	}
	return append(out, customPrefix+"<name>")
}

// Pascal is the type in the spelling of webhooks, as in IpfsIpfs; a custom one stays as it is.
func (t Type) Pascal() string {
	if i := slices.IndexFunc(known, func(k kind) bool { return k.Type == t }); i >= 0 {
		return known[i].Alias
	}
	return string(t)
}
