package admin

import (
	"tracedge/core/notices"
	"tracedge/core/web"
)

// notice is what a user is told of a call, to be completed with the data of its type. It is made before the update.
func notice(c *web.Call, userID string, t notices.Type) notices.Notice {
	return notices.Notice{
		ID: c.StableID("notice-" + string(t)), UserID: userID, Type: t, CreatedAt: c.Now(),
		Data: map[string]any{"admin_username": c.Caller().Username, "timestamp": c.Now().Unix()},
	}
}
