package conformance

import "slices"

// adminGroup is accounts, section 4.
func adminGroup() Group {
	return Group{
		Name:     "admin",
		Settings: withAdmin(nil),
		Cases: under("admin", slices.Concat(
			adminGateCases(), adminUserCases(), adminUpdateCases(), adminCreditCases(), adminDashboardCases(),
		)...),
	}
}
