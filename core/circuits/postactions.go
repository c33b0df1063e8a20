package circuits

import (
	"strings"

	"tracedge/core/activity"
	"tracedge/core/circuits/postactions"
	"tracedge/core/circuits/roles"
	"tracedge/core/storage"
	"tracedge/core/web"
)

func (s *Service) postActionRoutes() []web.Route {
	const all, one = "/post-actions/webhooks", "/post-actions/webhooks/:webhook_id"
	refusal := web.Failure{Status: 400, Doc: "The address of the webhook is refused"}
	create := of("POST", all, "Create a webhook.", createWebhook{}, webhookReply{}, s.createWebhook)
	update := of("PUT", one, "Change a webhook; what is absent stays.", updateWebhook{}, webhookReply{}, s.updateWebhook)
	create.Failures, update.Failures = []web.Failure{refusal}, []web.Failure{refusal}
	routes := []web.Route{
		of("GET", "/post-actions", "Of what a circuit tells webhooks.", nil, settingsOfActions{}, s.getPostActions),
		of("PUT", "/post-actions", "Set of what a circuit tells webhooks.", postActionsBody{}, postActionsReply{}, s.setPostActions),
		create,
		of("GET", one, "A webhook.", nil, oneWebhook{}, s.getWebhook),
		update,
		of("DELETE", one, "Delete a webhook; its open deliveries fail.", nil, messageReply{}, s.deleteWebhook),
		of("POST", one+"/test", "Send a webhook a test.", nil, testReply{}, s.testWebhook),
		paged(of("GET", "/post-actions/deliveries", "What webhooks were told, newest first.", nil, deliveriesReply{}, s.listDeliveries), deliveriesQuery{}),
	}
	for i := range routes {
		routes[i].Envelope = true
		if strings.Contains(routes[i].Pattern, ":webhook_id") {
			routes[i].UUIDs = []string{"id", "webhook_id"}
		}
	}
	return routes
}

type messageReply struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
}

type settingsOfActions struct {
	Success bool             `json:"success"`
	Data    *postActionsView `json:"data"`
}

type postActionsReply struct {
	messageReply
	Data postActionsView `json:"data"`
}

type postActionsView struct {
	Enabled  bool                  `json:"enabled"`
	Webhooks []webhookView         `json:"webhooks"`
	Triggers []postactions.Trigger `json:"trigger_events"`
	Storage  bool                  `json:"include_storage_details"`
	Metadata bool                  `json:"include_item_metadata"`
}

type postActionsBody struct {
	Enabled  bool                 `json:"enabled"`
	Storage  bool                 `json:"include_storage_details"`
	Metadata bool                 `json:"include_item_metadata"`
	Triggers []postactions.Choice `json:"trigger_events"`
}

// actionsView is the settings with their webhooks, each from a row.
func actionsView[R postactions.Rows](rows R, p storage.Partition, s *postactions.Settings) (postActionsView, error) {
	v := postActionsView{s.Enabled, []webhookView{}, s.Triggers, s.Storage, s.Metadata}
	for _, t := range s.Webhooks {
		w, err := postactions.GetWebhook(rows, p, t.ID)
		if err != nil {
			return v, err
		}
		if w != nil {
			v.Webhooks = append(v.Webhooks, viewOfWebhook(*w))
		}
	}
	return v, nil
}

// manager wants a viewer that may read what belongs to the permission ManagePermissions. Errors: 404; 403.
func manager(v storage.View, p storage.Partition, c *web.Call) error {
	_, err := reader(v, p, c, roles.ManagePermissions)
	return err
}

// getPostActions is WH1. One call of the sequencer.
func (s *Service) getPostActions(c *web.Call) (any, error) {
	id, err := c.PathUUID("id")
	if err != nil {
		return nil, err
	}
	p := Partition(id)
	keys := append(standingKeys(p, c.Caller().UserID), postactions.Key(p))
	v, err := s.store.View(c.Context(), "circuits_get_postactions", p, keys, customs(p), postactions.WebhookRows(p))
	if err != nil {
		return nil, err
	}
	if err := manager(v, p, c); err != nil {
		return nil, err
	}
	settings, err := postactions.Get(v, p)
	if settings == nil || err != nil {
		return settingsOfActions{Success: true}, err
	}
	view, err := actionsView(v, p, settings)
	return settingsOfActions{true, &view}, err
}

// setPostActions is WH2. The webhooks stay as they are; what is shown of them makes no conflict, but each one shown is
// verified.
func (s *Service) setPostActions(c *web.Call) (any, error) {
	m := s.actions(c, activity.UpdatePostActions)
	body, failure := web.Body[postActionsBody](c)
	options := append(m.briefly(postactions.Key(m.p)), storage.Observing(postactions.WebhookRows(m.p)))
	return m.end(m.op.Decide(c.Context(), "circuits_update_postactions", m.run(func(d *draft) error {
		if err := d.Change(roles.ManagePermissions); err != nil {
			return err
		}
		if failure != nil {
			return failure
		}
		old, err := postactions.Get(d.tx, d.p)
		if err != nil {
			return err
		}
		next := postactions.Settings{
			Enabled: body.Enabled, Triggers: postactions.Once(body.Triggers), Storage: body.Storage, Metadata: body.Metadata,
			Webhooks: []postactions.Target{},
		}
		if old != nil {
			next.Webhooks = old.Webhooks
		}
		view, err := actionsView(d.tx, d.p, &next)
		if err != nil {
			return err
		}
		d.change.reply = postActionsReply{messageReply{true, "Post-actions set"}, view}
		if old != nil && old.Same(&next) {
			return nil
		}
		d.changes()
		return d.tx.Put(postactions.Key(d.p), next)
	}), options...))
}

// actions begins a change of post-actions: one of rights, which the circuit itself does not show.
func (s *Service) actions(c *web.Call, kind activity.Kind) *change {
	m := s.change(c, kind).access()
	m.apart = true
	return m
}
