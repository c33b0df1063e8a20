// Package auth lets accounts in: registration, login, tokens, passwords. It also is the authenticator of every route.
//
// bcrypt stands outside every update, and every path that compares a password costs the same whether the name is known
// or not.
package auth
