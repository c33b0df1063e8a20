package adapters

import (
	"bytes"
	"encoding/json"

	"tracedge/core/fault"
)

// Contracts are the contracts of a ledger that an adapter calls. They are kept and shown for adapters with a ledger half.
type Contracts struct {
	Mint    *Contract `json:"mint_contract"`
	IPCM    *Contract `json:"ipcm_contract"`
	Network string    `json:"network"`
	ChainID document  `json:"chain_id" opt:"true"`
}

// Contract is one of them.
type Contract struct {
	Address string            `json:"contract_address"`
	Name    string            `json:"contract_name"`
	ABI     document          `json:"abi" opt:"true"`
	Methods map[string]Method `json:"methods"`
}

// Method is how one of its methods is called.
type Method struct {
	Name        string      `json:"method_name"`
	Description string      `json:"description"`
	Parameters  []Parameter `json:"parameters"`
	Returns     *string     `json:"return_type"`
}

// Parameter is where an argument comes from.
type Parameter struct {
	Name     string   `json:"param_name"`
	Type     string   `json:"param_type"`
	Source   Source   `json:"source"`
	Required bool     `json:"required"`
	Default  document `json:"default_value" opt:"true"`
}

// Source is where the value of a parameter is taken from.
type Source struct{ Name, Text string }

// MarshalJSON writes the form of the contract.
func (s Source) MarshalJSON() ([]byte, error) {
	switch s.Name {
	case "FromDfid", "FromTimestamp", "FromUser":
		return json.Marshal(s.Name)
	default:
		return json.Marshal(map[string]string{s.Name: s.Text})
	}
}

// UnmarshalJSON reads it. Errors: 422 with what is allowed.
func (s *Source) UnmarshalJSON(doc []byte) (err error) {
	s.Name, s.Text, err = variant(doc, []string{"FromDfid", "FromTimestamp", "FromUser"},
		[]string{"Static", "FromItem", "FromEvent", "FromCircuit"})
	return err
}

// document is JSON of any form without white space between its tokens.
type document string

// MarshalJSON writes the document, null for none.
func (d document) MarshalJSON() ([]byte, error) {
	if d == "" {
		return []byte("null"), nil
	}
	return []byte(d), nil
}

// UnmarshalJSON keeps the document; null is none.
func (d *document) UnmarshalJSON(doc []byte) error {
	var b bytes.Buffer
	if err := json.Compact(&b, doc); err != nil {
		return err
	}
	*d = document(b.String())
	if *d == "null" {
		*d = ""
	}
	return nil
}

// maxContracts bounds the contracts of a configuration, since configurations are read whole. Bytes of JSON.
const maxContracts = 32 << 10

// check applies the rules that are not part of the order of the contract. Errors: 422.
func (c *Contracts) check() error {
	if c == nil {
		return nil
	}
	doc, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if len(doc) > maxContracts {
		return fault.Invalid("contract_configs", "Must be at most 32 KiB")
	}
	return nil
}
