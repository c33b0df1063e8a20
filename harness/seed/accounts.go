package seed

import (
	"context"
	"net/http"
	"strings"
)

// plan is the accounts: one of each tier, with credits for its work.
var plan = []struct {
	tier    string
	credits int64
}{{"Basic", 100}, {"Professional", 1000}, {"Enterprise", 10_000}, {"Admin", 10_000}}

// makeAccounts creates the accounts as an admin does (AD1) and logs in to each. One that is there already keeps its tier,
// its balance and its password.
func makeAccounts(ctx context.Context, w *World) error {
	for _, p := range plan {
		name := "seed-" + strings.ToLower(p.tier)
		a := &Account{Username: name, Email: name + "@tracedge.test", Tier: p.tier, Note: "created"}
		err := w.Do(ctx, "POST", "/api/admin/users", w.Admin, map[string]any{
			"username": a.Username, "email": a.Email, "password": w.Password, "tier": p.tier, "initial_credits": p.credits,
		}, nil)
		switch {
		case refused(err, http.StatusConflict):
			a.Note = "was there already"
		case err != nil:
			return err
		}
		a.Token, err = w.login(ctx, a.Username, w.Password)
		if refused(err, http.StatusUnauthorized) || refused(err, http.StatusForbidden) {
			a.Note += ", with another password or not active"
		} else if err != nil {
			return err
		}
		w.Accounts = append(w.Accounts, a)
	}
	return nil
}

// readCredits reads what each account has.
func readCredits(ctx context.Context, w *World) error {
	for _, a := range w.Accounts {
		if a.Token == "" {
			continue
		}
		var reply struct {
			Credits int64  `json:"credits"`
			Tier    string `json:"tier"`
		}
		if err := w.Do(ctx, "GET", "/users/me/credits/balance", a.Token, nil, &reply); err != nil {
			return err
		}
		a.Credits, a.Tier = reply.Credits, reply.Tier
	}
	return nil
}

// keyName tells the seed's key from others.
const keyName = "seed"

// makeKeys gives each account an API key that may read and write. The text of a key is shown once, so one made before is
// known by its beginning only.
func makeKeys(ctx context.Context, w *World) error {
	type key struct {
		Name   string `json:"name"`
		Prefix string `json:"key_prefix"`
	}
	for _, a := range w.Accounts {
		if a.Token == "" {
			continue
		}
		var list []struct {
			Metadata key `json:"metadata"`
		}
		if err := w.Do(ctx, "GET", "/api/api-keys?limit=200", a.Token, nil, &list); err != nil {
			return err
		}
		for _, k := range list {
			if k.Metadata.Name == keyName {
				a.Key = k.Metadata.Prefix + "..."
			}
		}
		if a.Key != "" {
			continue
		}
		var made struct {
			Text string `json:"api_key"`
		}
		err := w.Do(ctx, "POST", "/api/api-keys", a.Token, map[string]any{
			"name": keyName, "organization_type": "Producer", "permissions": map[string]any{"read": true, "write": true, "admin": false, "custom": map[string]bool{}},
		}, &made)
		if err != nil {
			return err
		}
		a.Key = made.Text
	}
	return nil
}
