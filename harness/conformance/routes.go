package conformance

import "strings"

// route is a row of the contract's route tables.
type route struct {
	method, path string
	class        string // public, user or jwt
	noBody       bool
}

// routes are mounted routes: shell (accounts, section 1), auth (section 2), own account and credits (section 3), adapters
// (section 6), storage history (section 7), local items (items, section 7).
func routes() []route {
	return []route{
		{"GET", "/", "public", true},
		{"GET", "/health", "public", true},
		{"GET", "/health/db", "public", true},
		{"GET", "/version", "public", true},
		{"GET", "/openapi.json", "public", true},
		{"GET", "/docs", "public", true},
		{"POST", "/api/auth/login", "public", false},
		{"POST", "/api/auth/register", "public", false},
		{"GET", "/api/auth/verify", "user", true},
		{"POST", "/api/auth/logout", "jwt", true},
		{"GET", "/api/auth/profile", "user", true},
		{"POST", "/api/auth/refresh", "jwt", true},
		{"POST", "/api/auth/forgot-password", "public", false},
		{"POST", "/api/auth/reset-password", "public", false},
		{"GET", "/users/me/credits/history", "user", true},
		{"GET", "/users/me/credits/costs", "user", true},
		{"GET", "/users/me/credits/balance", "user", true},
		{"GET", "/users/me/profile", "user", true},
		{"GET", "/api/users/me/credits/history", "user", true},
		{"GET", "/api/users/me/credits/costs", "user", true},
		{"GET", "/api/users/me/credits/balance", "user", true},
		{"GET", "/api/users/me/profile", "user", true},
		{"GET", "/credit/users/current", "user", true},
		{"GET", "/api/adapters", "user", true},
		{"GET", "/api/adapters/templates", "user", true},
		{"POST", "/api/adapters/select", "user", false},
		{"GET", "/api/storage-history/statistics", "user", true},
		{"POST", "/api/items/local", "user", false},
		{"POST", "/api/items/local/merge", "user", false},
		{"POST", "/api/items/local/unmerge", "user", false},
		{"POST", "/api/items/local/organize", "user", false},
		{"GET", "/api/items/local/duplicates", "user", true},
	}
}

// template is the endpoint of the records of a path: an alias is recorded as its main path.
func template(path string) string {
	if rest, ok := strings.CutPrefix(path, "/api/users/me/"); ok {
		return "/users/me/" + rest
	}
	return path
}

// routeOf returns the mounted route with that path.
func routeOf(path string) (route, bool) {
	for _, r := range routes() {
		if r.path == path {
			return r, true
		}
	}
	return route{}, false
}

// allows reports whether the route answers a method.
func (r route) allows(method string) bool {
	return method == r.method || method == "OPTIONS" || method == "HEAD" && r.method == "GET"
}

// request is the plainest request of the route.
func (r route) request() Request {
	if r.noBody {
		return bare(r.method, r.path)
	}
	return post(r.path, "{}")
}

// label is the path as a part of a case name.
func (r route) label() string {
	label := strings.TrimPrefix(strings.TrimPrefix(r.path, "/api/auth/"), "/")
	if label == "" {
		return "root"
	}
	return strings.ReplaceAll(label, "/", "-")
}
