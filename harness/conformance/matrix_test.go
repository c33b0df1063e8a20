package conformance

import (
	"slices"
	"testing"

	"tracedge/core/circuits/roles"
)

// The suite and the code have written the table of base roles down by themselves; here they are held against each other,
// so that a slip in either shows.
func TestMatrixAgreesWithTheCode(t *testing.T) {
	for _, row := range baseRoles {
		base, ok := roles.ParseBase(row.role)
		if !ok || string(base) != row.role {
			t.Fatalf("%s is no base role of the code", row.role)
		}
		for _, name := range ninePermissions {
			p, ok := roles.ParsePermission(name)
			if !ok || string(p) != name {
				t.Fatalf("%s is no permission of the code", name)
			}
			if code, suite := base.Permissions().Has(p), slices.Contains(permissionsOfBase(row.role), name); code != suite {
				t.Errorf("%s %s: the code says %t, the suite %t", row.role, name, code, suite)
			}
		}
	}
	if names := roles.All.List(); len(names) != len(ninePermissions) {
		t.Errorf("the code has %d permissions, the suite %d", len(names), len(ninePermissions))
	}
}
