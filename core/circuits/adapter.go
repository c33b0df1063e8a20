package circuits

import (
	"time"

	"tracedge/core/adaptertype"
	"tracedge/core/storage"
)

// Adapter is the record circuit/<id>/adapter: where the items of the circuit are uploaded to.
type Adapter struct {
	CircuitID    string            `json:"circuit_id"`
	Type         *adaptertype.Type `json:"adapter_type"` // nil is none
	ConfiguredBy string            `json:"configured_by"`
	ConfiguredAt time.Time         `json:"configured_at"`
	Approval     bool              `json:"requires_approval"`      // shown only
	Migrate      bool              `json:"auto_migrate_existing"`  // shown only
	Sponsor      bool              `json:"sponsor_adapter_access"` // members use it whatever their tier allows
}

// AdapterKey is where a circuit keeps its adapter.
func AdapterKey(p storage.Partition) storage.Key { return p.Key("adapter") }

// GetAdapter reads the adapter of a circuit, nil where none was ever configured. Within an update the commit verifies it.
func GetAdapter[R Rows](rows R, p storage.Partition) (*Adapter, error) {
	var a Adapter
	ok, err := rows.Get(AdapterKey(p), &a)
	if !ok || err != nil {
		return nil, err
	}
	return &a, nil
}

// Uploads is the type that items are uploaded to, and whether there is one: neither an adapter that was never set nor none
// uploads anything.
func (a *Adapter) Uploads() (adaptertype.Type, bool) {
	if a == nil || a.Type == nil || *a.Type == adaptertype.None {
		return "", false
	}
	return *a.Type, true
}
