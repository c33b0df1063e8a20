package auth

import (
	"io"
	"time"

	"tracedge/core/accounts"
	"tracedge/core/config"
	"tracedge/core/fault"
	"tracedge/core/limits"
	"tracedge/core/recent"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// Service holds what the routes of /api/auth work with.
type Service struct {
	config   config.Config
	store    *storage.Store
	accounts *accounts.Directory
	limits   *limits.Limiter
	signer   signer
	random   io.Reader
	gate     *web.Gate
}

// Options are what the service is built on; all are needed.
type Options struct {
	Config   config.Config
	Store    *storage.Store
	Accounts *accounts.Directory
	Limits   *limits.Limiter
	Clock    func() time.Time
	Random   io.Reader
	Gate     *web.Gate // comparisons of passwords; see LoginConcurrency
}

// New returns the service and registers its outbox rows.
func New(o Options) *Service {
	s := &Service{
		config: o.Config, store: o.Store, accounts: o.Accounts, limits: o.Limits,
		signer: signer{o.Config.JWTSecret, o.Clock, &recent.Texts[claims]{}}, random: o.Random, gate: o.Gate,
	}
	o.Store.Handle("resets_process_request", storage.Handler{Perform: s.processReset, GiveUp: time.Hour})
	return s
}

// Routes are the routes of /api/auth.
func (s *Service) Routes() []web.Route {
	return []web.Route{
		{
			Method: "POST", Pattern: "/api/auth/login", Class: web.Public, Gate: s.gate,
			Doc:     "Exchange a username and password for a token.",
			Request: loginRequest{"ana", "Cocoa beans 1"}, Response: tokenReply{}, Handler: s.login,
			Failures: []web.Failure{
				{Status: 400, Doc: "The password is longer than 72 bytes"},
				{Status: 401, Doc: "Unknown username or wrong password"},
				{Status: 403, Doc: "The password is right and the account is not active"},
				{Status: 429, Doc: "Too many failed attempts"},
			},
		},
		{
			Method: "POST", Pattern: "/api/auth/register", Class: web.Public,
			Doc:      "Create an account and return its first token.",
			Request:  registerRequest{Username: "ana", Email: "ana@farm.example", Password: "Cocoa beans 1"},
			Response: tokenReply{}, Handler: s.register,
			Failures: []web.Failure{
				{Status: 400, Doc: "A rule for usernames, addresses or passwords is broken"},
				{Status: 409, Doc: "The username or the address is taken"},
				{Status: 429, Doc: "Too many registrations from the address"},
			},
		},
		{
			Method: "GET", Pattern: "/api/auth/verify", Class: web.User, Fault: refused,
			Doc:      "Tell whose the credential is and until when it holds.",
			Response: verifyReply{}, Handler: s.verify,
			Failures: []web.Failure{{Status: 401, Doc: "Every refused credential", Extra: refusal{}}},
		},
		{
			Method: "POST", Pattern: "/api/auth/logout", Class: web.JWT, Envelope: true,
			Doc:      "Refuse every token of the account issued before now.",
			Response: logoutReply{}, Handler: s.logout,
		},
		{
			Method: "GET", Pattern: "/api/auth/profile", Class: web.User,
			Doc:      "Return the caller's own account.",
			Response: profileReply{}, Handler: s.profile,
		},
		{
			Method: "POST", Pattern: "/api/auth/refresh", Class: web.JWT,
			Doc:      "Exchange a valid token for a new one.",
			Response: tokenReply{}, Handler: s.refresh,
		},
		{
			Method: "POST", Pattern: "/api/auth/forgot-password", Class: web.Public,
			Doc:     "Ask for a password reset mail.",
			Request: forgotRequest{}, Response: messageReply{}, Handler: s.forgotPassword,
			Failures: []web.Failure{{Status: 400, Doc: "Neither is given"}, {Status: 429, Doc: "Too many requests"}},
		},
		{
			Method: "POST", Pattern: "/api/auth/reset-password", Class: web.Public,
			Doc:     "Set a new password with the token of a reset mail.",
			Request: resetRequest{}, Response: messageReply{}, Handler: s.resetPassword,
			Failures: []web.Failure{
				{Status: 400, Doc: "The token is not usable, or a rule for passwords is broken"}, {Status: 429, Doc: "Too many failed attempts"},
			},
		},
	}
}

// LoginConcurrency bounds the logins of one process: each is a bcrypt comparison (conventions, section 6). At the edge
// the bound is kept in front of the module.
const LoginConcurrency = 32

// tokenReply answers login, register and refresh.
type tokenReply struct {
	Token       string  `json:"token"`
	UserID      string  `json:"user_id"`
	WorkspaceID *string `json:"workspace_id"`
	ExpiresAt   int64   `json:"expires_at" doc:"Unix seconds, equal to the claim exp"`
}

type messageReply struct {
	Message string `json:"message"`
}

func (s *Service) token(a accounts.Account) (tokenReply, error) {
	text, expires, err := s.signer.issue(a.UserID, a.WorkspaceID, a.TokenVersion)
	return tokenReply{text, a.UserID, a.WorkspaceID, expires.Unix()}, err
}

// inactive is the 403 of an account that may not act.
func inactive(s accounts.Status) error {
	return fault.Forbidden(s.Explain()).With("account_status", s)
}
