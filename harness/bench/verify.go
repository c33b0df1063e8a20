package bench

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"time"
)

// prepareVerify makes a token and the account it names. The plain worker registers nobody: it is given both.
func prepareVerify(ctx context.Context, c *Client) (requests, error) {
	token := ""
	if c.service.Runtime == "plain" {
		var err error
		if token, err = c.plant(ctx, newName()); err != nil {
			return requests{}, err
		}
	} else {
		u, err := newUser(ctx, c)
		if err != nil {
			return requests{}, err
		}
		token = u.token
	}
	call := Call{Method: "GET", Path: "/api/auth/verify", Token: token}
	return repeat(call), c.settle(ctx, call)
}

// settle lets the replica in KV become what the requests of a scenario read: they then make one read each.
func (c *Client) settle(ctx context.Context, call Call) error {
	for range 30 {
		if _, err := c.do(ctx, call, nil); err != nil {
			return err
		}
		c.sleep(100 * time.Millisecond)
	}
	return nil
}

// plant puts an account into KV as the product would, and signs a token for it.
func (c *Client) plant(ctx context.Context, name string) (string, error) {
	now := time.Now()
	account := map[string]any{
		"user_id": name, "username": name, "email": name + "@bench.example", "tier": "Basic", "status": "Active", "is_admin": false,
		"workspace_id": name, "token_version": 0, "created_at": now, "updated_at": now,
	}
	key := url.QueryEscape("user/" + name + "/account")
	if _, err := c.do(ctx, Call{Method: "PUT", Path: "/kv?key=" + key, Body: account}, nil); err != nil {
		return "", err
	}
	part := func(v any) string {
		text, _ := json.Marshal(v) // maps of plain values
		return base64.RawURLEncoding.EncodeToString(text)
	}
	text := part(map[string]any{"alg": "HS256", "typ": "JWT"}) + "." +
		part(map[string]any{"user_id": name, "workspace_id": name, "ver": 0, "iat": now.Unix(), "exp": now.Add(24 * time.Hour).Unix()})
	mac := hmac.New(sha256.New, []byte(Vars(0)["JWT_SECRET"]))
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), nil
}
