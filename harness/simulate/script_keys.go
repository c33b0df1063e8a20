package simulate

import (
	"encoding/json"
	"net/http"
)

// APIKey is a key that was acknowledged.
type APIKey struct {
	ID, Text, Name string
	ended          bool // somebody asked for its end
	uses           int  // that were acknowledged
}

func init() {
	addScript(Script{Name: "key_create", Weight: 3, Scenarios: []string{"keys"}, Run: keyCreate})
	addScript(Script{Name: "key_use", Weight: 3, Scenarios: []string{"keys"}, Run: keyUse})
	addScript(Script{Name: "key_rename", Weight: 3, Scenarios: []string{"keys"}, Run: keyRename})
	addScript(Script{Name: "key_revoke", Weight: 1, Scenarios: []string{"keys"}, Run: keyRevoke})
	addScript(Script{Name: "key_delete", Weight: 1, Scenarios: []string{"keys"}, Run: keyDelete})
	addScript(Script{Name: "key_snoop", Weight: 1, Scenarios: []string{"keys"}, Run: keySnoop})
}

// keyCreate makes a key under a name that nobody else uses. However often it is
// repeated, each idempotency key makes one at most.
func keyCreate(c *Client) {
	a := c.Account()
	if a == nil {
		return
	}
	name := "key of step " + c.step.ID
	answer := c.Do(Request{Method: "POST", Path: "/api/api-keys", Token: a.Token, Once: true, Body: map[string]any{
		"name": name, "organization_type": "Producer", "permissions": map[string]any{"read": true, "write": true, "admin": false, "custom": map[string]bool{}}, "rate_limit_per_hour": 5 + c.random.IntN(40),
	}})
	var key *APIKey
	if answer.OK() {
		key = &APIKey{ID: answer.String("metadata.id"), Text: answer.String("api_key"), Name: name}
		c.Set("name of key "+key.ID, name, c.start, false)
		a.Keys = append(a.Keys, key)
	} else if answer.Status == http.StatusUnprocessableEntity {
		c.violate("a request is answered as documented", "creating a key is answered %d %s", answer.Status, answer.Text)
	}
	c.Finally("", func(last *Client) { last.checkKey(a, key, name, answer.Keys) })
}

// checkKey compares the list of keys with what was acknowledged.
func (c *Client) checkKey(a *Account, key *APIKey, name string, most int) {
	answer := c.Do(Request{Method: "GET", Path: "/api/api-keys?include_inactive=true&limit=200", Token: c.fresh(a)})
	var list []struct {
		Metadata struct{ ID, Name string } `json:"metadata"`
	}
	if err := json.Unmarshal(answer.Text, &list); err != nil || !answer.OK() {
		c.violate("what was acknowledged is there", "the keys of %s are answered %d %s", a.UserID, answer.Status, answer.Text)
		return
	}
	named, there := 0, false
	for _, entry := range list {
		there = there || key != nil && entry.Metadata.ID == key.ID
		if entry.Metadata.Name == name {
			named++
		}
	}
	if key != nil && !key.ended && !there {
		c.violate("what was acknowledged is there", "key %s (%s) of %s is not among %d", key.ID, name, a.UserID, len(list))
	}
	if named > most {
		c.violate("one effect per idempotency key", "%d keys are named %q, which was asked for under %d idempotency keys", named, name, most)
	}
}

// fresh is a token that holds, for checks when all is calm.
func (c *Client) fresh(a *Account) string {
	if c.tokens[a] == "" && c.login(a, a.Passwords...) != "" {
		c.tokens[a] = a.Token
	}
	return c.tokens[a]
}

func (c *Client) key() (*Account, *APIKey) {
	a := c.Account()
	if a == nil {
		return nil, nil
	}
	if len(a.Keys) == 0 {
		keyCreate(c)
	}
	if len(a.Keys) == 0 {
		return a, nil
	}
	return a, one(c.random, a.Keys)
}

func keyUse(c *Client) {
	a, key := c.key()
	if key == nil {
		return
	}
	for range 1 + c.random.IntN(8) {
		answer := c.Do(Request{Method: "GET", Path: "/api/auth/profile", APIKey: key.Text, Attempts: 1})
		switch {
		case answer.OK() && answer.String("user_id") != a.UserID:
			c.violate("nobody reads what they may not", "a key of %s shows %s", a.UserID, answer.Text)
		case answer.OK():
			key.uses++
		case answer.Status == http.StatusUnauthorized && !key.ended:
			c.violate("what was acknowledged is there", "key %s is answered %d %s", key.ID, answer.Status, answer.Text)
		}
	}
	c.Finally("uses of "+key.ID, func(last *Client) { last.checkUses(a, key) })
}

// checkUses holds the count of a key against the uses that were answered.
func (c *Client) checkUses(a *Account, key *APIKey) {
	if key.ended {
		return
	}
	answer := c.Do(Request{Method: "GET", Path: "/api/api-keys/" + key.ID, Token: c.fresh(a)})
	if count, _ := answer.Get("usage_count").(float64); answer.OK() && int(count) < key.uses {
		c.result.LostUpdate = true
		c.violate("no update is lost", "key %s counts %v uses, %d were answered", key.ID, count, key.uses)
	}
}

// keyRename changes a key's name or looks at it; several clients at once.
func keyRename(c *Client) {
	a, key := c.key()
	if key == nil || key.ended {
		return
	}
	path, register := "/api/api-keys/"+key.ID, "name of key "+key.ID
	c.Together(2, func(one *Client) {
		began := one.now
		if one.random.IntN(2) == 0 {
			name := "name " + one.step.ID
			answer := one.Do(Request{Method: "PATCH", Path: path, Token: a.Token, Attempts: 1, Body: map[string]any{"name": name}})
			if answer.OK() || answer.Unsure {
				one.Set(register, name, began, !answer.OK())
			}
			return
		}
		if answer := one.Do(Request{Method: "GET", Path: path, Token: a.Token, Attempts: 1}); answer.OK() {
			one.See(register, answer.String("name"), began)
		}
	})
}

func keyRevoke(c *Client) { c.endKey("POST", "/revoke") }
func keyDelete(c *Client) { c.endKey("DELETE", "") }

// endKey ends a key. Once that is acknowledged it opens nothing.
func (c *Client) endKey(method, suffix string) {
	a, key := c.key()
	if key == nil {
		return
	}
	key.ended = true
	answer := c.Do(Request{Method: method, Path: "/api/api-keys/" + key.ID + suffix, Token: a.Token, Once: method == "POST"})
	if !answer.OK() {
		return
	}
	use := func(c *Client) {
		if used := c.Do(Request{Method: "GET", Path: "/api/auth/profile", APIKey: key.Text}); used.OK() {
			c.violate("what was acknowledged is there", "key %s opens the account after %s", key.ID, method+suffix)
		}
	}
	use(c)
	c.Finally("end of "+key.ID, use)
}

// keySnoop looks at what belongs to somebody else, and with nothing at all.
func keySnoop(c *Client) {
	a, key := c.key()
	if key == nil {
		return
	}
	if stranger := c.Stranger(a); stranger != nil {
		for _, method := range []string{"GET", "DELETE"} {
			if answer := c.Do(Request{Method: method, Path: "/api/api-keys/" + key.ID, Token: stranger.Token}); answer.OK() {
				c.violate("nobody reads what they may not", "%s of key %s of %s by %s is answered %d", method, key.ID, a.UserID, stranger.UserID, answer.Status)
			}
		}
	}
	for _, r := range []Request{
		{Method: "GET", Path: "/api/api-keys/" + key.ID}, {Method: "GET", Path: "/api/auth/profile", Token: "nonsense"},
		{Method: "GET", Path: "/api/auth/profile", APIKey: key.Text[:len(key.Text)-4] + "AAAA"},
	} {
		if answer := c.Do(r); answer.OK() {
			c.violate("nobody reads what they may not", "%s %s without a good credential is answered %d", r.Method, r.Path, answer.Status)
		}
	}
}
