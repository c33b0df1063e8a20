// Package roles is what members of a circuit may do: permissions, the base roles that carry them, and the rules by which
// they are handed out (circuits, section 4). It is pure: no storage, no HTTP.
package roles

import (
	"encoding/json"
	"errors"
	"strings"
)

// Permission is one right in a circuit, in its wire form.
type Permission string

// The permissions, in the order in which they are shown.
const (
	Push              Permission = "Push"
	Pull              Permission = "Pull"
	Invite            Permission = "Invite"
	ManageMembers     Permission = "ManageMembers"
	ManagePermissions Permission = "ManagePermissions"
	ManageRoles       Permission = "ManageRoles"
	Delete            Permission = "Delete"
	Certify           Permission = "Certify"
	Audit             Permission = "Audit"
)

var order = [...]Permission{
	Push, Pull, Invite, ManageMembers, ManagePermissions, ManageRoles, Delete, Certify, Audit,
}

// ParsePermission reads a permission in any case of its letters, without separators.
func ParsePermission(text string) (Permission, bool) {
	for _, p := range order {
		if equalFold(text, string(p)) {
			return p, true
		}
	}
	return "", false
}

// UnmarshalText is ParsePermission.
func (p *Permission) UnmarshalText(text []byte) error {
	parsed, ok := ParsePermission(string(text))
	if !ok {
		return errors.New("roles: unknown permission")
	}
	*p = parsed
	return nil
}

// Allowed are the values of a permission.
func (Permission) Allowed() []string {
	out := make([]string, len(order))
	for i, p := range order {
		out[i] = string(p)
	}
	return out
}

// equalFold compares ASCII text in any case. Letters of other alphabets that fold to ASCII are not taken for it.
func equalFold(text, ascii string) bool {
	if len(text) != len(ascii) {
		return false
	}
	return strings.EqualFold(text, ascii)
}

// Set is a set of permissions. The zero value is none.
type Set uint16

// The sets of one permission, in the order of permissions.
const (
	push Set = 1 << iota
	pull
	invite
	manageMembers
	managePermissions
	manageRoles
	remove
	certify
	audit
	end

	// All is every permission.
	All = end - 1
)

// Of is the set of the given permissions.
func Of(list ...Permission) Set {
	var s Set
	for _, p := range list {
		for i, known := range order {
			if p == known {
				s |= 1 << i
			}
		}
	}
	return s
}

// Has tells whether the set holds a permission.
func (s Set) Has(p Permission) bool { one := Of(p); return one != 0 && s&one == one }

// Holds tells whether the set holds all of another.
func (s Set) Holds(other Set) bool { return other&^s == 0 }

// List is the set in the order of permissions; never nil.
func (s Set) List() []Permission {
	out := make([]Permission, 0, len(order))
	for i, p := range order {
		if s&(1<<i) != 0 {
			out = append(out, p)
		}
	}
	return out
}

// MarshalJSON writes the list.
func (s Set) MarshalJSON() ([]byte, error) { return json.Marshal(s.List()) }

// UnmarshalJSON reads a list that MarshalJSON has written.
func (s *Set) UnmarshalJSON(doc []byte) error {
	var list []Permission
	if err := json.Unmarshal(doc, &list); err != nil {
		return err
	}
	*s = Of(list...)
	return nil
}
