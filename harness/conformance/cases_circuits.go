package conformance

import "slices"

// circuitsGroup is the contract of circuits: members, roles, joining, public pages.
func circuitsGroup() Group {
	return Group{
		Name:     "circuits",
		Settings: withAdmin(map[string]string{"LOGIN_FAILURE_LIMIT": "5"}),
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
