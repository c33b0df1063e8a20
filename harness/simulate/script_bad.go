package simulate

import (
	"net/http"
	"slices"
)

func init() {
	addScript(Script{Name: "nonsense", Weight: 1, Scenarios: []string{"accounts"}, Run: nonsense})
}

// nonsense sends what cannot be answered well.
func nonsense(c *Client) {
	token := ""
	if a := c.Account(); a != nil {
		token = a.Token
	}
	for _, r := range []struct {
		Request
		want int
	}{
		{Request{Method: "POST", Path: "/api/auth/login", Raw: "{"}, http.StatusBadRequest},
		{Request{Method: "POST", Path: "/api/auth/register", Body: map[string]any{"username": 7}}, http.StatusUnprocessableEntity},
		{Request{Method: "GET", Path: "/api/nothing/here"}, http.StatusNotFound},
		{Request{Method: "PUT", Path: "/api/auth/login"}, http.StatusMethodNotAllowed},
		{Request{Method: "GET", Path: "/api/api-keys?limit=many", Token: token}, http.StatusBadRequest},
	} {
		answer := c.Do(r.Request)
		if answer.Status < 500 && answer.Status != r.want && answer.Status != 0 && !slices.Contains([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests}, answer.Status) {
			c.violate("bad input is refused", "%s %s is answered %d %s, not %d", r.Method, r.Path, answer.Status, answer.Text, r.want)
		}
	}
}
