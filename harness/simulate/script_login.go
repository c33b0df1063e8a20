package simulate

import (
	"net/http"
	"time"
)

func init() {
	addScript(Script{Name: "login", Weight: 3, Scenarios: []string{"accounts"}, Run: login})
	addScript(Script{Name: "wrong_password", Weight: 1, Scenarios: []string{"accounts"}, Run: wrongPassword})
	addScript(Script{Name: "login_burst", Weight: 1, Scenarios: []string{"accounts"}, Run: loginBurst})
	addScript(Script{Name: "profile", Weight: 3, Scenarios: []string{"accounts"}, Run: profile})
	addScript(Script{Name: "logout", Weight: 1, Scenarios: []string{"accounts"}, Run: logout})
}

// login logs in with a password that may be valid and returns the one that was;
// "" when all are refused.
func (c *Client) login(a *Account, passwords ...string) string {
	for _, password := range passwords {
		for attempt := 0; ; attempt++ {
			answer := c.Do(Request{Method: "POST", Path: "/api/auth/login", Body: map[string]any{"username": a.Name, "password": password}})
			if answer.OK() {
				if id := answer.String("user_id"); id != a.UserID {
					c.violate("nobody becomes another", "a login as %s (%s) gave a token of %s", a.Name, a.UserID, id)
				}
				a.Token = answer.String("token")
				return password
			}
			if answer.Status == http.StatusUnauthorized && len(a.Passwords) == 1 && password == a.Password() {
				c.violate("what was acknowledged is there", "%s (%s) was registered, and its password is answered %s", a.Name, a.UserID, answer.Text)
			}
			if !answer.Failed() || !c.misfortunes.over || attempt > 40 {
				break
			}
			c.Sleep(time.Minute) // after the faults only a throttle is left, which passes
		}
	}
	return ""
}

func login(c *Client) {
	if a := c.Account(); a != nil {
		c.login(a, a.Password())
	}
}

func wrongPassword(c *Client) {
	a := c.Account()
	if a == nil {
		return
	}
	answer := c.Do(Request{Method: "POST", Path: "/api/auth/login", Body: map[string]any{"username": a.Name, "password": "not the password"}})
	if answer.OK() {
		c.violate("nobody reads what they may not", "a wrong password of %s was accepted", a.Name)
	}
}

// loginBurst opens more sessions at once than an isolate takes on.
func loginBurst(c *Client) {
	a := c.Account()
	if a == nil {
		return
	}
	c.Together(6, func(one *Client) {
		one.Do(Request{Method: "POST", Path: "/api/auth/login", Attempts: 1, Body: map[string]any{"username": a.Name, "password": a.Password()}})
	})
}

// profile looks at the own account: a good token shows nobody else.
func profile(c *Client) {
	a := c.Account()
	if a == nil {
		return
	}
	answer := c.Do(Request{Method: "GET", Path: one(c.random, []string{"/api/auth/profile", "/users/me/profile", "/api/auth/verify"}), Token: a.Token})
	if answer.OK() && answer.String("user_id") != a.UserID {
		c.violate("nobody reads what they may not", "the token of %s shows %s", a.UserID, answer.Text)
	}
	if answer.Status == http.StatusNotFound || answer.Status == http.StatusUnauthorized && a.ended == 0 {
		c.violate("what was acknowledged is there", "a token of %s is answered %d %s", a.UserID, answer.Status, answer.Text)
	}
}

// logout refuses every earlier token; a minute later, everywhere.
func logout(c *Client) {
	a := c.Account()
	if a == nil {
		return
	}
	a.ended++
	token := a.Token
	answer := c.Do(Request{Method: "POST", Path: "/api/auth/logout", Token: token})
	if !answer.OK() {
		return
	}
	c.Finally("", func(last *Client) {
		if again := last.Do(Request{Method: "GET", Path: "/api/auth/profile", Token: token}); again.OK() {
			last.violate("what was acknowledged is there", "a token of %s holds after the logout: %s", a.UserID, again.Text)
		}
	})
	c.login(a, a.Password())
}
