package circuits

import (
	"context"
	"errors"
	"net/url"

	"tracedge/core/activity"
	"tracedge/core/circuits/postactions"
	"tracedge/core/circuits/roles"
	"tracedge/core/fault"
	"tracedge/core/web"
)

func noWebhook() error { return fault.NotFound("Webhook not found") }

// hosts are names of this deployment, which no webhook may lead to.
func (s *Service) hosts(c *web.Call) []string {
	var out []string
	for _, text := range []string{"//" + c.Request().Header.Get("Host"), s.config.Mail.FrontendURL} {
		if u, err := url.Parse(text); err == nil {
			out = append(out, u.Hostname())
		}
	}
	return out
}

// hook is a change of a webhook.
type hook struct {
	*change
	id string
	to *postactions.Change
}

// decide runs the change until every header that becomes a secret is sealed. An update cannot seal, so one that meets such
// a header says which, and runs again: that happens only where a webhook gets an auth type under which headers that it has
// already are secrets.
func (h *hook) decide(decide func() error) (any, error) {
	for range 3 {
		err := decide()
		var open *postactions.UnsealedError
		if !errors.As(err, &open) {
			return h.end(err)
		}
		for name, value := range open.Headers {
			h.to.Seal(name, value)
		}
	}
	return nil, fault.Conflict("", "The webhook is being changed")
}

// createWebhook is WH3. One commit: the webhook, its name in the settings, which are made where there are none, and the
// activity. A crash before it leaves nothing.
func (s *Service) createWebhook(c *web.Call) (any, error) {
	h := &hook{change: s.actions(c, activity.CreateWebhook), id: c.StableID("webhook")}
	body, failure := web.Body[createWebhook](c)
	if failure == nil {
		h.to, failure = s.vault.Prepare(body.fields(), h.change.id, h.id, s.hosts(c)...)
	}
	return h.decide(func() error { return s.insertWebhook(c.Context(), h, failure) })
}

func (s *Service) insertWebhook(ctx context.Context, h *hook, failure error) error {
	return h.op.Decide(ctx, "circuits_create_webhook", h.run(func(d *draft) error {
		if err := d.Change(roles.ManagePermissions); err != nil {
			return err
		}
		if failure != nil {
			return failure
		}
		next, err := h.to.Apply(postactions.Webhook{
			Method: postactions.Post, Auth: postactions.None, Enabled: true, CreatedAt: d.now(), UpdatedAt: d.now(),
		})
		if err != nil {
			return err
		}
		settings, err := postactions.Get(d.tx, d.p)
		switch {
		case err != nil:
			return err
		case settings == nil:
			settings = postactions.Default()
		case len(settings.Webhooks) >= postactions.MaxWebhooks:
			return conflict("webhook_limit", "The circuit has as many webhooks as it may have").With("limit", postactions.MaxWebhooks)
		}
		if err := h.to.Storable(next); err != nil {
			return err
		}
		return d.putWebhook(settings, next, "Webhook created")
	}), h.briefly(postactions.Key(h.p))...)
}

// putWebhook writes a webhook and its name in the settings.
func (d *draft) putWebhook(s *postactions.Settings, w postactions.Webhook, message string) error {
	d.changes()
	if s.Put(w.ID, w.Enabled) {
		if err := d.tx.Put(postactions.Key(d.p), s); err != nil {
			return err
		}
	}
	d.change.reply = webhookReply{messageReply{true, message}, viewOfWebhook(w)}
	return d.tx.Put(postactions.WebhookKey(d.p, w.ID), w)
}

// webhookIn is a webhook of the circuit for somebody who may change it. Errors: those of the circuit, then 404.
func (d *draft) webhookIn(id string) (*postactions.Webhook, error) {
	if err := d.Change(roles.ManagePermissions); err != nil {
		return nil, err
	}
	w, err := postactions.GetWebhook(d.tx, d.p, id)
	if err == nil && w == nil {
		err = noWebhook()
	}
	return w, err
}

// getWebhook is WH4. One call of the sequencer.
func (s *Service) getWebhook(c *web.Call) (any, error) {
	id, err := c.PathUUID("id")
	if err != nil {
		return nil, err
	}
	webhookID, err := c.PathUUID("webhook_id")
	if err != nil {
		return nil, err
	}
	p := Partition(id)
	keys := append(standingKeys(p, c.Caller().UserID), postactions.WebhookKey(p, webhookID))
	v, err := s.store.View(c.Context(), "circuits_get_webhook", p, keys, customs(p))
	if err != nil {
		return nil, err
	}
	if err := manager(v, p, c); err != nil {
		return nil, err
	}
	w, err := postactions.GetWebhook(v, p, webhookID)
	switch {
	case err != nil:
		return nil, err
	case w == nil:
		return nil, noWebhook()
	}
	return oneWebhook{true, viewOfWebhook(*w)}, nil
}

// updateWebhook is WH5. One commit: the webhook, its name in the settings where it is enabled or disabled, the activity.
func (s *Service) updateWebhook(c *web.Call) (any, error) {
	webhookID, err := c.PathUUID("webhook_id")
	if err != nil {
		return nil, err
	}
	h := &hook{change: s.actions(c, activity.UpdateWebhook), id: webhookID}
	body, failure := web.Body[updateWebhook](c)
	if failure == nil {
		h.to, failure = s.vault.Prepare(body.fields(), h.change.id, h.id, s.hosts(c)...)
	}
	return h.decide(func() error { return s.replaceWebhook(c.Context(), h, failure) })
}

func (s *Service) replaceWebhook(ctx context.Context, h *hook, failure error) error {
	return h.op.Decide(ctx, "circuits_update_webhook", h.run(func(d *draft) error {
		old, err := d.webhookIn(h.id)
		switch {
		case err != nil:
			return err
		case failure != nil:
			return failure
		}
		next, err := h.to.Apply(*old)
		if err != nil {
			return err
		}
		if err := h.to.Storable(next); err != nil {
			return err
		}
		settings, err := postactions.Get(d.tx, d.p)
		switch {
		case err != nil:
			return err
		case next.Same(*old):
			d.change.reply = webhookReply{messageReply{true, "Webhook updated"}, viewOfWebhook(*old)}
			return nil
		case settings == nil:
			settings = postactions.Default()
		}
		next.UpdatedAt = later(d.now(), old.UpdatedAt)
		return d.putWebhook(settings, next, "Webhook updated")
	}), h.briefly(postactions.Key(h.p), postactions.WebhookKey(h.p, h.id))...)
}

// deleteWebhook is WH6. With its name gone from the settings the open deliveries of the webhook read as failed, however many
// they are.
func (s *Service) deleteWebhook(c *web.Call) (any, error) {
	webhookID, err := c.PathUUID("webhook_id")
	if err != nil {
		return nil, err
	}
	m := s.actions(c, activity.DeleteWebhook)
	return m.end(m.op.Decide(c.Context(), "circuits_delete_webhook", m.run(func(d *draft) error {
		if _, err := d.webhookIn(webhookID); err != nil {
			return err
		}
		settings, err := postactions.Get(d.tx, d.p)
		if err != nil {
			return err
		}
		d.changes()
		if settings != nil {
			settings.Drop(webhookID)
			if err := d.tx.Put(postactions.Key(d.p), settings); err != nil {
				return err
			}
		}
		d.change.reply = messageReply{true, "Webhook deleted"}
		return d.tx.Delete(postactions.WebhookKey(d.p, webhookID))
	}), m.briefly(postactions.Key(m.p), postactions.WebhookKey(m.p, webhookID))...))
}
