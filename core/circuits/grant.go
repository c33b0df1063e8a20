package circuits

import (
	"slices"

	"tracedge/core/circuits/roles"
	"tracedge/core/fault"
)

// grant tests the grant rules. Errors: 403 with the code of the rule.
func (d *draft) grant(c roles.Change) error {
	c.Own = d.Permissions
	rule, missing := c.Broken()
	switch rule {
	case "":
		return nil
	case roles.OwnerImmutable:
		return forbidden(string(rule), "The owner of a circuit keeps its role and stays")
	case roles.OwnerRole:
		return forbidden(string(rule), "A circuit has one owner")
	case roles.TargetOutranks:
		return forbidden(string(rule), "The member may do more than you")
	default:
		return forbidden(string(rule), "You cannot hand out more than you may do yourself").With("missing", missing)
	}
}

// chosen is a role that was named, with what it permits.
type chosen struct {
	base   roles.Base
	custom *Role  // nil for the base role
	hash   string // of the custom role's name
}

func (c chosen) permissions() roles.Set {
	if c.custom != nil {
		return c.custom.Permissions
	}
	return c.base.Permissions()
}

// name is the effective role name.
func (c chosen) name() string {
	if c.custom != nil {
		return c.custom.Name
	}
	return string(c.base)
}

// give writes the role into a member's row.
func (c chosen) give(m *Member) {
	m.Role, m.Custom, m.Hash = c.base, "", ""
	if c.custom != nil {
		m.Custom, m.Hash = c.custom.Name, c.hash
	}
}

// roleChoice is the part of a body that names a role (section 4.4).
type roleChoice struct {
	Role   string  `json:"role"`
	Custom *string `json:"custom_role_name"`
}

// wanted is a role choice with what must be worked out before an update: the hash of the name.
type wanted struct {
	roleChoice
	name, hash string
}

func (r roleChoice) wanted() wanted {
	w := wanted{roleChoice: r, name: or(r.Custom, r.Role)}
	w.hash = roleHash(w.name)
	return w
}

// choose finds the role that a body names, verified by the commit; fallback is the base role where the body names a custom
// role and no base role. Errors: 422 with provided and allowed.
func (d *draft) choose(w wanted, fallback roles.Base) (chosen, error) {
	var r Role
	ok, err := d.tx.Get(roleKey(d.p, w.hash), &r)
	if err != nil {
		return chosen{}, err
	}
	if ok && !r.Default {
		base, isBase := roles.ParseBase(w.Role)
		if !isBase {
			base = fallback
		}
		return chosen{base, &r, w.hash}, nil
	}
	if base, ok := roles.ParseBase(w.name); ok {
		return chosen{base: base}, nil
	}
	field := "role"
	if w.Custom != nil {
		field = "custom_role_name"
	}
	allowed := roles.Assignable()
	for _, r := range d.state.roles {
		if !r.Default {
			allowed = append(allowed, r.Name)
		}
	}
	return chosen{}, fault.Invalid(field, "No such role").With("provided", w.name).With("allowed", slices.Clip(allowed))
}
