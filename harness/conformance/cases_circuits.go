package conformance

import "slices"

// circuitsGroup is the contract of circuits: members, roles, joining, public pages.
func circuitsGroup() Group {
	a := admin()
	return Group{
		Name: "circuits",
		Settings: map[string]string{
			"BOOTSTRAP_ADMIN_USERNAME": a.name, "BOOTSTRAP_ADMIN_PASSWORD": a.password, "BOOTSTRAP_ADMIN_EMAIL": a.email,
			"LOGIN_FAILURE_LIMIT": "5",
		},
		Cases: under("circuits", slices.Concat(
			circuitMatrixCases(), circuitCases(), circuitListCases(), circuitMemberCases(), circuitRoleCases(), circuitJoinCases(),
			circuitSettingsCases(), circuitPageCases(), circuitPageEventCases(), circuitHostileCases(), circuitRaceCases(),
		)...),
	}
}

// circuitsEnforcedGroup is the limit of active circuits, in a service that enforces it.
func circuitsEnforcedGroup() Group {
	return Group{Name: "circuits-enforced", Settings: map[string]string{"LIMITS_MODE": "enforce"}, Cases: under("circuits", circuitLimitCases()...)}
}
