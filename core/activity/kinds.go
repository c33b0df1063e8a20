package activity

// The kinds of changes that leave an activity, with the fields that contract and clients know them by.
var (
	CreateItem     = Kind{Create, Items, Item, "create_item", "Item created"}
	EnrichItem     = Kind{Update, Items, Item, "enrich_item", "Item enriched"}
	HoldItem       = Kind{Create, Items, Item, "hold_item", "Item held for review"}
	UpdateItem     = Kind{Update, Items, Item, "update_item", "Item updated"}
	DeprecateItem  = Kind{Delete, Items, Item, "deprecate_item", "Item deprecated"}
	MergeItems     = Kind{Update, Items, Item, "merge_items", "Items merged"}
	SplitItem      = Kind{Create, Items, Item, "split_item", "Item split"}
	ShareItem      = Kind{Share, Items, Item, "share_item", "Item shared"}
	ApprovePending = Kind{Approve, Items, Item, "resolve_pending_item", "Pending item approved"}
	RejectPending  = Kind{Reject, Items, Item, "resolve_pending_item", "Pending item rejected"}
	ModifyPending  = Kind{Update, Items, Item, "resolve_pending_item", "Pending item modified"}

	CreateLocalItem  = Kind{Create, Items, Item, "create_local_item", "Local item created"}
	MergeLocalItems  = Kind{Update, Items, Item, "merge_local_items", "Local items merged"}
	UnmergeLocalItem = Kind{Update, Items, Item, "unmerge_local_item", "Local item restored from a merge"}

	CreateEvent      = Kind{Create, Events, Event, "create_event", "Event created"}
	CreateLocalEvent = Kind{Create, Events, Event, "create_local_event", "Local event created"}
	AddEventMetadata = Kind{Update, Events, Event, "add_event_metadata", "Metadata added to an event"}

	PushLocalItem   = Kind{Update, Circuits, Item, "push_local_item", "Local item pushed to a circuit"}
	PushItem        = Kind{Update, Circuits, Item, "push_item", "Item pushed to a circuit"}
	PullItem        = Kind{Update, Circuits, Item, "pull_item", "Item pulled from a circuit"}
	ApproveMove     = Kind{Approve, Circuits, Item, "approve_operation", "Operation of a circuit approved"}
	RejectMove      = Kind{Reject, Circuits, Item, "reject_operation", "Operation of a circuit rejected"}
	PushLocalEvents = Kind{Update, Circuits, Event, "push_local_events", "Local events pushed to an item"}

	CreateCircuit        = Kind{Create, Circuits, Circuit, "create_circuit", "Circuit created"}
	UpdateCircuit        = Kind{Update, Circuits, Circuit, "update_circuit", "Circuit updated"}
	DeactivateCircuit    = Kind{Update, Circuits, Circuit, "deactivate_circuit", "Circuit deactivated"}
	ReactivateCircuit    = Kind{Update, Circuits, Circuit, "reactivate_circuit", "Circuit reactivated"}
	ToggleVisibility     = Kind{Update, Circuits, Circuit, "toggle_visibility", "Visibility of a circuit toggled"}
	AddMember            = Kind{Share, Circuits, Circuit, "add_member", "Member added to a circuit"}
	AssignRole           = Kind{Update, Circuits, Circuit, "assign_role", "Role of a member changed"}
	RemoveMember         = Kind{Delete, Circuits, Circuit, "remove_member", "Member removed from a circuit"}
	LeaveCircuit         = Kind{Delete, Circuits, Circuit, "leave_circuit", "Circuit left"}
	CreateRole           = Kind{Create, Circuits, Circuit, "create_role", "Role created in a circuit"}
	UpdateRole           = Kind{Update, Circuits, Circuit, "update_role", "Role of a circuit changed"}
	DeleteRole           = Kind{Delete, Circuits, Circuit, "delete_role", "Role of a circuit deleted"}
	RequestJoin          = Kind{Create, Circuits, Circuit, "request_join", "Asked to join a circuit"}
	ApproveJoin          = Kind{Approve, Circuits, Circuit, "approve_join", "Request to join a circuit approved"}
	RejectJoin           = Kind{Reject, Circuits, Circuit, "reject_join", "Request to join a circuit rejected"}
	JoinCircuit          = Kind{Create, Circuits, Circuit, "join_circuit", "Public circuit joined"}
	UpdatePublicSettings = Kind{Update, Circuits, Circuit, "update_public_settings", "Public settings of a circuit changed"}
	UpdateAdapter        = Kind{Update, Circuits, Adapter, "update_adapter", "Adapter of a circuit changed"}
	UpdatePostActions    = Kind{Update, Circuits, Circuit, "update_post_actions", "Post-actions of a circuit changed"}
	CreateWebhook        = Kind{Update, Circuits, Circuit, "create_webhook", "Webhook of a circuit created"}
	UpdateWebhook        = Kind{Update, Circuits, Circuit, "update_webhook", "Webhook of a circuit changed"}
	DeleteWebhook        = Kind{Update, Circuits, Circuit, "delete_webhook", "Webhook of a circuit deleted"}

	CleanUpActivity = Kind{Delete, Admin, User, "cleanup_user_activity", "User activity cleaned up"}
)
