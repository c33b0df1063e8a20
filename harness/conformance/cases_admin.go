package conformance

import "slices"

// adminGroup is accounts, section 4.
func adminGroup() Group {
	a := admin()
	return Group{
		Name: "admin",
		Settings: map[string]string{
			"BOOTSTRAP_ADMIN_USERNAME": a.name, "BOOTSTRAP_ADMIN_PASSWORD": a.password, "BOOTSTRAP_ADMIN_EMAIL": a.email,
		},
		Cases: under("admin", slices.Concat(
			adminGateCases(), adminUserCases(), adminUpdateCases(), adminCreditCases(), adminDashboardCases(),
		)...),
	}
}
