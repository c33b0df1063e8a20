package simulate

import "time"

func init() {
	addScript(Script{Name: "reset_password", Weight: 2, Scenarios: []string{"accounts", "mail"}, Run: resetPassword})
}

// resetPassword asks for a letter and sets a password with what it says.
func resetPassword(c *Client) {
	a := c.Account()
	if a == nil {
		return
	}
	c.Do(Request{Method: "POST", Path: "/api/auth/forgot-password", Body: map[string]any{"email": a.Email}})
	for range 12 {
		c.Sleep(10 * time.Second)
		if token := c.outside.letters.tokenTo(a.Email); token != "" {
			c.setPassword(a, token)
			return
		}
	}
}

func (c *Client) setPassword(a *Account, token string) {
	password := "Coffee beans " + c.step.ID
	a.ended++ // every earlier token may be refused from now on
	a.Passwords = append([]string{password}, a.Passwords...)
	answer := c.Do(Request{Method: "POST", Path: "/api/auth/reset-password", Attempts: 1, Body: map[string]any{"token": token, "new_password": password}})
	if !answer.OK() {
		return
	}
	a.Passwords = append(a.Passwords, password)
	c.login(a, password)
}
