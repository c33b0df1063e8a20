package simulate

import (
	"regexp"
	"strings"
	"time"
)

func init() {
	addScript(Script{Name: "reset_password", Weight: 2, Scenarios: []string{"accounts", "mail"}, Run: resetPassword})
}

var tokenInLetter = regexp.MustCompile(`reset-password\?token=([0-9a-f]{64})`)

// resetPassword asks for a letter and sets a password with what it says.
func resetPassword(c *Client) {
	a := c.Account()
	if a == nil {
		return
	}
	c.Do(Request{Method: "POST", Path: "/api/auth/forgot-password", Body: map[string]any{"email": a.Email}})
	for range 12 {
		c.Sleep(10 * time.Second)
		if token := c.letterTo(a); token != "" {
			c.setPassword(a, token)
			return
		}
	}
}

// letterTo is the token of the newest letter to an account.
func (c *Client) letterTo(a *Account) string {
	for n := len(c.mail.letters) - 1; n >= 0; n-- {
		letter := c.mail.letters[n]
		if match := tokenInLetter.FindStringSubmatch(letter); match != nil && strings.Contains(letter, `"`+a.Email+`"`) {
			return match[1]
		}
	}
	return ""
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
