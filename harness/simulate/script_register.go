package simulate

import (
	"fmt"
	"net/http"
	"strings"
)

// Account is an account that was acknowledged.
type Account struct {
	Name, Email, UserID string
	Passwords           []string // that may be valid; one when it is known
	Token               string
	Keys                []*APIKey
	ended               int // logouts that were acknowledged or may have happened
	thaws               int // how often somebody began to make it active, and how often that was acknowledged
}

// Password is one that may be valid.
func (a *Account) Password() string { return a.Passwords[len(a.Passwords)-1] }

// The first admin, whom the service makes by itself.
const (
	adminName     = "root"
	adminPassword = "Root of all trees 1"
)

func init() {
	addScript(Script{Name: "register", Weight: 2, Scenarios: []string{"accounts"}, Run: register})
}

// register makes an account under one of few names, which others want too.
func register(c *Client) {
	name := fmt.Sprintf("farmer%d", c.random.IntN(c.World.plan.World.Names))
	email := fmt.Sprintf("%s@farm%d.example", name, c.random.IntN(2))
	spelled := name
	if c.random.IntN(2) == 0 {
		spelled = strings.ToUpper(name) // names compare without case
	}
	password := "Cocoa beans " + c.step.ID
	answer := c.Do(Request{Method: "POST", Path: "/api/auth/register", Body: map[string]any{
		"username": spelled, "email": email, "password": password,
	}})
	switch {
	case answer.OK():
		c.own(name, email, password, answer)
	case answer.Status == http.StatusConflict, answer.Failed():
		c.reclaim(name, email, password, answer)
	default:
		c.violate("a registration is answered as documented", "%d %s", answer.Status, answer.Text)
	}
}

// own keeps an account that was acknowledged, and looks for a second owner.
func (c *Client) own(name, email, password string, answer Answer) {
	a := &Account{Name: name, Email: email, UserID: answer.String("user_id"), Token: answer.String("token"), Passwords: []string{password}}
	for _, other := range c.accounts {
		if other.UserID != a.UserID && (other.Name == name || other.Email == email) {
			c.result.TwoOwners = true
			c.violate("a name has one owner", "%s (%s) belongs to %s and to %s", name, email, other.UserID, a.UserID)
		}
		if other.UserID == a.UserID {
			a = other
		}
	}
	if a.Token == answer.String("token") && !c.knows(a) {
		c.accounts = append(c.accounts, a)
	}
	c.me = a
	c.Finally("account "+a.UserID, func(last *Client) {
		if last.login(a, a.Passwords...) == "" {
			last.violate("what was acknowledged is there", "%s was registered, and no password of %q opens it", name, a.Passwords)
		}
	})
}

func (c *Client) knows(a *Account) bool {
	for _, other := range c.accounts {
		if other == a {
			return true
		}
	}
	return false
}

// reclaim finds out whether a registration without a good answer made the
// account all the same: then its password opens it.
func (c *Client) reclaim(name, email, password string, answer Answer) {
	login := c.Do(Request{Method: "POST", Path: "/api/auth/login", Body: map[string]any{"username": name, "password": password}})
	if login.OK() {
		c.own(name, email, password, login)
	}
}
