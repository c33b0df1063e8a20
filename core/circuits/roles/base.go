package roles

import "errors"

// Base is a base role, in its wire form. Every member has one.
type Base string

// The base roles. A circuit has exactly one Owner.
const (
	Owner  Base = "Owner"
	Admin  Base = "Admin"
	Member Base = "Member"
	Viewer Base = "Viewer"
)

// matrix is what the base roles may do: the one table of it.
var matrix = [...]struct {
	role Base
	set  Set
}{
	{Owner, All},
	{Admin, push | pull | invite | manageMembers | manageRoles | certify},
	{Member, push | pull},
	{Viewer, pull},
}

// ParseBase reads a base role in any case of its letters.
func ParseBase(text string) (Base, bool) {
	for _, row := range matrix {
		if equalFold(text, string(row.role)) {
			return row.role, true
		}
	}
	return "", false
}

// UnmarshalText is ParseBase.
func (b *Base) UnmarshalText(text []byte) error {
	parsed, ok := ParseBase(string(text))
	if !ok {
		return errors.New("roles: unknown role")
	}
	*b = parsed
	return nil
}

// Allowed are the base roles.
func (Base) Allowed() []string { return append([]string{string(Owner)}, Assignable()...) }

// Assignable are the base roles that can be handed out.
func Assignable() []string { return []string{string(Admin), string(Member), string(Viewer)} }

// Permissions are those of the base role; none for what is no base role.
func (b Base) Permissions() Set {
	for _, row := range matrix {
		if row.role == b {
			return row.set
		}
	}
	return 0
}
