package activity

// Type says what was done.
type Type string

// The types.
const (
	Create  Type = "Create"
	Read    Type = "Read"
	Update  Type = "Update"
	Delete  Type = "Delete"
	Login   Type = "Login"
	Logout  Type = "Logout"
	Export  Type = "Export"
	Import  Type = "Import"
	Share   Type = "Share"
	Approve Type = "Approve"
	Reject  Type = "Reject"
)

// Category is the area of the product.
type Category string

// The categories.
const (
	Authentication Category = "Authentication"
	Items          Category = "Items"
	Circuits       Category = "Circuits"
	Events         Category = "Events"
	Admin          Category = "Admin"
	APIKeys        Category = "ApiKeys"
	Workspaces     Category = "Workspaces"
)

// Resource is the kind of thing that something was done to.
type Resource string

// The kinds of resources.
const (
	Item      Resource = "Item"
	Circuit   Resource = "Circuit"
	Event     Resource = "Event"
	APIKey    Resource = "ApiKey"
	User      Resource = "User"
	Workspace Resource = "Workspace"
	Adapter   Resource = "Adapter"
)

// audited is the word of the audit trail.
func (r Resource) audited() string {
	switch r {
	case APIKey:
		return "api_key"
	case Item:
		return "item"
	case Circuit:
		return "circuit"
	case Event:
		return "event"
	case User:
		return "user"
	case Workspace:
		return "workspace"
	default:
		return "adapter"
	}
}
