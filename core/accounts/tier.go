package accounts

import "tracedge/core/adaptertype"

// Tier is what an account has subscribed to.
type Tier string

// The tiers.
const (
	Basic        Tier = "Basic"
	Professional Tier = "Professional"
	Enterprise   Tier = "Enterprise"
	AdminTier    Tier = "Admin"
)

// Allowed are the values of a tier.
func (Tier) Allowed() []string {
	return []string{string(Basic), string(Professional), string(Enterprise), string(AdminTier)}
}

// Limits are what a tier allows; nil is without limit.
type Limits struct {
	MaxItemsPerMonth      *int               `json:"max_items_per_month"`
	MaxCircuits           *int               `json:"max_circuits"`
	MaxStorageLocations   *int               `json:"max_storage_locations"`
	MaxAPIRequestsPerHour *int               `json:"max_api_requests_per_hour"`
	MaxWorkspaceMembers   *int               `json:"max_workspace_members"`
	AvailableAdapters     []adaptertype.Type `json:"available_adapters"`
	PremiumAdapters       bool               `json:"can_use_premium_adapters"`
	AuditRetentionDays    int                `json:"max_audit_retention_days"`
	PrioritySupport       bool               `json:"priority_support"`
}

// Limits are those of the tier: the one source of them.
func (t Tier) Limits() Limits {
	adapters := []adaptertype.Type{
		adaptertype.IPFS, adaptertype.StellarTestnet, adaptertype.StellarMainnet, adaptertype.EthereumGoerli, adaptertype.PolygonArweave,
	}
	most := func(n int) *int { return &n }
	switch t {
	case Professional:
		return Limits{most(10000), most(25), most(3), most(1000), most(10), adapters[:2], false, 90, true}
	case Enterprise:
		return Limits{nil, nil, nil, most(10000), nil, adapters[:3], true, 365, true}
	case AdminTier:
		return Limits{nil, nil, nil, nil, nil, adapters, true, 3650, true}
	default:
		return Limits{most(1000), most(5), most(1), most(100), most(3), adapters[:1], false, 30, false}
	}
}

// Costs are credits per unit.
type Costs struct {
	ItemCreation     int `json:"item_creation"`
	CircuitOperation int `json:"circuit_operation"`
	StorageMigration int `json:"storage_migration"`
	AuditExport      int `json:"audit_export"`
	PremiumAdapter   int `json:"premium_adapter_usage"`
	APIRequest       int `json:"api_request"`
}

// Costs are those of the tier: the one source of them.
func (t Tier) Costs() Costs {
	switch t {
	case Professional:
		return Costs{1, 2, 5, 10, 5, 0}
	case Enterprise, AdminTier:
		return Costs{1, 1, 3, 5, 2, 0}
	default:
		return Costs{2, 3, 10, 20, 10, 1}
	}
}
